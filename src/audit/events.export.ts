import { ApiProperty } from '@nestjs/swagger';
import type { ExportedList } from '../common/export-part.js';
import { AuditService } from './audit.service.js';

class ExportedEventView {
  @ApiProperty({ type: 'string', format: 'date-time', example: '2026-03-01T09:30:00.000Z', description: 'When it happened.' })
  occurredAt!: string;

  @ApiProperty({ description: 'What was done or tried.', example: 'session.opened' })
  action!: string;

  @ApiProperty({ description: 'Whether it worked.', enum: ['success', 'failure'], enumName: 'AuditOutcome', example: 'success' })
  outcome!: string;

  @ApiProperty({
    description: 'Whether this account did it; null when nobody was signed in.',
    type: 'boolean',
    nullable: true,
    example: true,
  })
  byYou!: boolean | null;

  @ApiProperty({
    description: 'Where it came from, as far as it is known. Null when another account did it.',
    type: 'string',
    nullable: true,
    example: '203.0.113.7',
  })
  ip!: string | null;

  @ApiProperty({
    description: 'What the browser or program called itself. Null when another account did it.',
    type: 'string',
    nullable: true,
    example: 'curl/8.5.0',
  })
  userAgent!: string | null;

  @ApiProperty({ description: 'Short facts.', type: 'object', additionalProperties: true, example: { clientId: 'latchkey' } })
  details!: object;
}

export const EVENTS_EXPORT: ExportedList<AuditService, ExportedEventView> = {
  position: 6,
  description: 'What happened to the account and what it did, the oldest first.',
  view: ExportedEventView,
  tables: ['audit_events'],
  source: AuditService,
  each: (audit, userId) => audit.exportFor(userId),
};
