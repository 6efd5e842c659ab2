import { ApiProperty } from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength } from 'class-validator';
import { LOCALES } from '../../locales.js';
import { MAX_TEXT_CHARS } from '../../text-rules.js';

/** Documentation of a language tag. */
export const LOCALE_DOC = { description: `Language tag: ${Object.keys(LOCALES).join(', ')}.`, example: 'de' };

export class ListTranslationsQuery {
  @ApiProperty(LOCALE_DOC)
  @IsString()
  @IsNotEmpty()
  locale!: string;
}

export class PutTranslation {
  @ApiProperty({
    description:
      'ICU MessageFormat on one line. Its placeholders are those of the English text, its only markup is `<b>…</b>`; all else that looks like HTML is shown as it is written.',
    maxLength: MAX_TEXT_CHARS,
    example: 'Willkommen bei {appName}: Bitte bestätigen Sie Ihre Adresse',
  })
  @IsString()
  @MaxLength(MAX_TEXT_CHARS)
  text!: string;
}
