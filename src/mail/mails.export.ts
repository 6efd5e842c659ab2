import { ApiProperty } from '@nestjs/swagger';
import type { ExportedList } from '../common/export-part.js';
import { OutboxService } from './outbox.service.js';

const TIME = { type: 'string', format: 'date-time', example: '2026-03-01T09:30:00.000Z' } as const;

class ExportedMailView {
  @ApiProperty({ description: 'Kind of the mail.', example: 'confirm-email' })
  kind!: string;

  @ApiProperty({ description: 'Address of the recipient.', example: 'ada@example.com' })
  recipient!: string;

  @ApiProperty({ description: 'The preferred language.', type: 'string', nullable: true, example: 'en-GB' })
  locale!: string | null;

  @ApiProperty({
    description: 'State of the delivery.',
    enum: ['queued', 'sent', 'dropped', 'failed', 'bounced'],
    enumName: 'MailState',
    example: 'sent',
  })
  state!: string;

  @ApiProperty({
    description: 'Values for the template; deleted once the mail is sent.',
    type: 'object',
    additionalProperties: true,
    example: {},
  })
  params!: object;

  @ApiProperty({ ...TIME, description: 'When the mail was queued.' })
  createdAt!: string;

  @ApiProperty({ ...TIME, description: 'When the mail was sent.', nullable: true })
  sentAt!: string | null;
}

export const MAILS_EXPORT: ExportedList<OutboxService, ExportedMailView> = {
  position: 5,
  description: 'Mails of the last 30 days, the oldest first.',
  view: ExportedMailView,
  tables: ['mails'],
  source: OutboxService,
  each: (outbox, userId) => outbox.exportFor(userId),
};
