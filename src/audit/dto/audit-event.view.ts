import { ApiProperty } from '@nestjs/swagger';
import { type AuditAction, DECLARED_ELSEWHERE } from '../../common/declared.js';
import { AUDIT_OUTCOMES, type AuditDetails, type AuditOutcome, type RecordedEvent } from '../audit-event.js';

const NEXT_CURSOR = {
  description: 'Send it as `cursor` for the next page; null on the last one.',
  type: 'string',
  nullable: true,
  example: 'rS0cQ2wmSd1bIjIwMjYtMDMtMDFUMDk6MzA6MDAuMDAwWiIsIjQyIl0',
} as const;

/** Fields of both views of an event. */
class EventView {
  @ApiProperty({ description: 'When the act happened.', format: 'date-time', type: 'string', example: '2026-03-01T09:30:00.000Z' })
  occurredAt!: string;

  @ApiProperty({ description: 'The act, done or attempted.', enum: DECLARED_ELSEWHERE, enumName: 'AuditAction', example: 'session.opened' })
  action!: AuditAction;

  @ApiProperty({ description: 'Whether the act succeeded.', enum: AUDIT_OUTCOMES, enumName: 'AuditOutcome', example: 'success' })
  outcome!: AuditOutcome;

  @ApiProperty({
    description: 'Short facts; never a secret.',
    type: 'object',
    additionalProperties: true,
    example: { clientId: 'latchkey' },
  })
  details!: AuditDetails;
}

/** An event as shown to the account that it concerns. */
export class SecurityEventView extends EventView {
  @ApiProperty({
    description: 'Whether you acted while signed in; null if nobody was signed in, as with a wrong password.',
    type: 'boolean',
    nullable: true,
    example: true,
  })
  byYou!: boolean | null;

  @ApiProperty({
    description: 'IP address of the request. Null if another account acted.',
    type: 'string',
    nullable: true,
    example: '203.0.113.7',
  })
  ip!: string | null;

  @ApiProperty({
    description: '`User-Agent` of the request. Null if another account acted.',
    type: 'string',
    nullable: true,
    example: 'Mozilla/5.0',
  })
  userAgent!: string | null;
}

/** An event as shown to administrators. */
export class AuditEventView extends EventView {
  @ApiProperty({ description: 'Number of the event; later events mostly have higher numbers.', example: '4711' })
  id!: string;

  @ApiProperty({
    description: 'The account that acted; null if nobody was signed in. It may be deleted.',
    type: 'string',
    format: 'uuid',
    nullable: true,
    example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11',
  })
  actorId!: string | null;

  @ApiProperty({
    description: 'The account that the act concerned; null if it concerned no existing account. It may be deleted.',
    type: 'string',
    format: 'uuid',
    nullable: true,
    example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a22',
  })
  subjectId!: string | null;

  @ApiProperty({
    description: 'IP address of the request; null once its account is deleted.',
    type: 'string',
    nullable: true,
    example: '203.0.113.7',
  })
  ip!: string | null;

  @ApiProperty({
    description: '`User-Agent` of the request; null once its account is deleted.',
    type: 'string',
    nullable: true,
    example: 'Mozilla/5.0',
  })
  userAgent!: string | null;

  @ApiProperty({
    description: 'The `X-Request-Id` of the request.',
    type: 'string',
    nullable: true,
    example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a33',
  })
  requestId!: string | null;
}

export class AuditEventListView {
  @ApiProperty({ description: 'The events, newest first.', type: [AuditEventView] })
  data!: AuditEventView[];

  @ApiProperty(NEXT_CURSOR)
  nextCursor!: string | null;
}

export class SecurityEventListView {
  @ApiProperty({ description: 'The events, newest first.', type: [SecurityEventView] })
  data!: SecurityEventView[];

  @ApiProperty(NEXT_CURSOR)
  nextCursor!: string | null;
}

export function toAuditEventView({ occurredAt, ...event }: RecordedEvent): AuditEventView {
  return { ...event, occurredAt: occurredAt.toISOString() };
}

/** @param userId the account that reads the event; it must not see the addresses of others */
export function toSecurityEventView(event: RecordedEvent, userId: string): SecurityEventView {
  const { action, outcome, details, actorId, ip, userAgent } = event;
  const byAnother = actorId !== null && actorId !== userId;
  return {
    occurredAt: event.occurredAt.toISOString(),
    action,
    outcome,
    details,
    byYou: actorId === null ? null : !byAnother,
    ip: byAnother ? null : ip,
    userAgent: byAnother ? null : userAgent,
  };
}
