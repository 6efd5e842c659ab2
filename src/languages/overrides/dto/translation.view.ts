import { ApiProperty } from '@nestjs/swagger';
import type { Translation } from '../translation.js';

/** A text of the server, and what stands in its place. */
export class TranslationView {
  @ApiProperty({ description: 'Language tag.', example: 'de' })
  locale!: string;

  @ApiProperty({ description: 'Its name.', example: 'mail.confirm-email.subject' })
  key!: string;

  @ApiProperty({ description: 'The shipped text in English, in ICU MessageFormat.', example: 'Confirm your e-mail address' })
  english!: string;

  @ApiProperty({
    description: 'The shipped text in this language; null while it is not translated, and the English one is used.',
    type: 'string',
    nullable: true,
    example: 'Bestätigen Sie Ihre E-Mail-Adresse',
  })
  shipped!: string | null;

  @ApiProperty({
    description: 'Your own text; null while the shipped one is used.',
    type: 'string',
    nullable: true,
    example: 'Willkommen bei {appName}: Bitte bestätigen Sie Ihre Adresse',
  })
  own!: string | null;

  @ApiProperty({ description: 'Placeholders that a text may have.', type: [String], example: ['appName'] })
  placeholders!: string[];

  @ApiProperty({
    description: 'Why your own text is not used, such as a placeholder that a new version of the server lacks; null if it is used.',
    type: 'string',
    nullable: true,
    example: null,
  })
  problem!: string | null;

  @ApiProperty({
    description: 'Id of the administrator whose text it is; null without one, and once that account is deleted.',
    type: 'string',
    format: 'uuid',
    nullable: true,
    example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11',
  })
  updatedBy!: string | null;

  @ApiProperty({
    description: 'When your own text was written; null without one.',
    type: 'string',
    format: 'date-time',
    nullable: true,
    example: '2026-03-01T09:30:00.000Z',
  })
  updatedAt!: string | null;
}

export class TranslationListView {
  @ApiProperty({ description: 'All texts, by key.', type: [TranslationView] })
  data!: TranslationView[];
}

export function toTranslationView({ locale, key, english, shipped, placeholders, own }: Translation): TranslationView {
  return {
    locale,
    key,
    english,
    shipped,
    own: own?.text ?? null,
    placeholders: [...placeholders],
    problem: own?.problem ?? null,
    updatedBy: own?.updatedBy ?? null,
    updatedAt: own?.updatedAt.toISOString() ?? null,
  };
}
