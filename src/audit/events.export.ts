import { ApiProperty } from '@nestjs/swagger';
import type { ExportedList } from '../common/export-part.js';
import { AuditService } from './audit.service.js';

class ExportedEventView {
  @ApiProperty({ type: 'string', format: 'date-time', example: '2026-03-01T09:30:00.000Z', description: 'When the act happened.' })
  occurredAt!: string;

  @ApiProperty({ description: 'The act, done or attempted.', example: 'session.opened' })
  action!: string;

  @ApiProperty({ description: 'Whether the act succeeded.', enum: ['success', 'failure'], enumName: 'AuditOutcome', example: 'success' })
  outcome!: string;

  @ApiProperty({
    description: 'Whether this account acted; null if nobody was signed in.',
    type: 'boolean',
    nullable: true,
    example: true,
  })
  byYou!: boolean | null;

  @ApiProperty({
    description: 'IP address of the request, as far as known. Null if another account acted.',
    type: 'string',
    nullable: true,
    example: '203.0.113.7',
  })
  ip!: string | null;

  @ApiProperty({
    description: '`User-Agent` of the request. Null if another account acted.',
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
  description: 'Audit events that the account caused or that concern it, the oldest first.',
  view: ExportedEventView,
  tables: ['audit_events'],
  source: AuditService,
  each: (audit, userId) => audit.exportFor(userId),
};
