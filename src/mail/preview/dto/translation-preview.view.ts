import { ApiProperty } from '@nestjs/swagger';
import type { TranslationPreview } from '../translation-previews.service.js';

/** A mail as its reader would get it. */
export class MailPreviewView {
  @ApiProperty({ description: 'Kind of mail.', example: 'confirm-email' })
  kind!: string;

  @ApiProperty({ description: 'Its subject.', example: 'Willkommen bei Latchkey: Bitte bestätigen Sie Ihre Adresse' })
  subject!: string;

  @ApiProperty({
    description: 'Its HTML version. Show it only in a frame with `sandbox`; it follows the frame’s `color-scheme`.',
    example: '<!doctype html>…',
  })
  html!: string;

  @ApiProperty({ description: 'Its plain text version.', example: 'Guten Tag Ada,\n\n…\n' })
  text!: string;
}

/** How a text would read. */
export class TranslationPreviewView {
  @ApiProperty({ description: 'Language tag.', example: 'de' })
  locale!: string;

  @ApiProperty({ description: 'Name of the text.', example: 'mail.confirm-email.subject' })
  key!: string;

  @ApiProperty({
    description: 'The text as it would be stored: in NFC, without blanks around it.',
    example: 'Willkommen bei {appName}: Bitte bestätigen Sie Ihre Adresse',
  })
  text!: string;

  @ApiProperty({
    description: 'The text filled in with invented values, without markup; of a text message all that is sent.',
    example: 'Willkommen bei Latchkey: Bitte bestätigen Sie Ihre Adresse',
  })
  reads!: string;

  @ApiProperty({
    description: 'In how many parts a text message is sent, and paid for; null for any other text.',
    type: 'integer',
    nullable: true,
    example: null,
  })
  segments!: number | null;

  @ApiProperty({
    description: 'The mail that has the text, or one of several; null for a text of none.',
    type: MailPreviewView,
    nullable: true,
  })
  mail!: MailPreviewView | null;
}

export function toTranslationPreviewView({ locale, key, text, reads, segments, mail }: TranslationPreview): TranslationPreviewView {
  return { locale, key, text, reads, segments, mail };
}
