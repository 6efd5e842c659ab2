import { ApiProperty } from '@nestjs/swagger';
import type { MailboxMessage } from '../message.js';

const EXAMPLE_LINK = 'http://localhost:3000/verify-email?token=AZqfPmwbfD6m0F8PbzsaEQ';

export class MailHeaderView {
  @ApiProperty({ description: 'Name of the header field, as written in the mail.', example: 'Message-ID' })
  name!: string;

  @ApiProperty({
    description: 'Value of the header field, unfolded but not decoded.',
    example: '<019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11@localhost>',
  })
  value!: string;
}

/** A mail in a list. */
export class MailboxSummaryView {
  @ApiProperty({ description: 'Id of the mail in this mailbox.', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11', format: 'uuid' })
  id!: string;

  @ApiProperty({ description: 'When the mailbox received the mail.', example: '2026-01-15T10:30:00.000Z', format: 'date-time' })
  receivedAt!: string;

  @ApiProperty({ description: 'Address of the sender.', example: 'no-reply@latchkey.localhost' })
  from!: string;

  @ApiProperty({ description: 'Addresses of the recipients.', example: ['ada@example.com'], type: [String] })
  to!: string[];

  @ApiProperty({ description: 'Subject, decoded.', example: 'Confirm your e-mail address for Latchkey' })
  subject!: string;

  @ApiProperty({ description: 'The one-time code in the text, if there is one.', example: '492817', nullable: true, type: String })
  code!: string | null;

  @ApiProperty({ description: 'The URLs in the text, in order.', example: [EXAMPLE_LINK], type: [String] })
  links!: string[];
}

/** A whole mail. */
export class MailboxMessageView extends MailboxSummaryView {
  @ApiProperty({
    description: 'Stable across attempts to deliver the same mail.',
    example: '<019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11@localhost>',
    nullable: true,
    type: String,
  })
  messageId!: string | null;

  @ApiProperty({ description: 'The plain text version.', example: `Hello Ada,\n\n${EXAMPLE_LINK}\n`, nullable: true, type: String })
  text!: string | null;

  @ApiProperty({ description: 'The HTML version as sent.', example: '<!doctype html>…', nullable: true, type: String })
  html!: string | null;

  @ApiProperty({ description: 'All header fields, in order.', type: [MailHeaderView] })
  headers!: MailHeaderView[];
}

export function toMailboxSummary({ id, receivedAt, from, to, subject, code, links }: MailboxMessage): MailboxSummaryView {
  return { id, receivedAt: receivedAt.toISOString(), from, to, subject, code, links };
}

export function toMailboxMessage(message: MailboxMessage): MailboxMessageView {
  const { messageId, text, html, headers } = message;
  return { ...toMailboxSummary(message), messageId, text, html, headers };
}
