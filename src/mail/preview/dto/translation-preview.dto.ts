import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { LOCALE_DOC, PutTranslation } from '../../../languages/overrides/dto/translation.dto.js';

/** Longest language tag and name of a text, characters: no real one is nearly as long. */
const MAX_NAME_CHARS = 128;

export class PreviewTranslation extends PutTranslation {
  @ApiProperty({ ...LOCALE_DOC, maxLength: MAX_NAME_CHARS })
  @IsString()
  @MaxLength(MAX_NAME_CHARS)
  locale!: string;

  @ApiProperty({ description: 'Name of the text.', example: 'mail.confirm-email.subject', maxLength: MAX_NAME_CHARS })
  @IsString()
  @MaxLength(MAX_NAME_CHARS)
  key!: string;
}
