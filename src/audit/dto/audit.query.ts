import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { PageQuery } from '../../common/pagination.js';
import { Time } from '../../common/time.js';
import { type AuditAction, DECLARED_ELSEWHERE } from '../../common/declared.js';
import { AUDIT_ACTIONS, AUDIT_OUTCOMES, type AuditOutcome } from '../audit-event.js';

const EXAMPLE_ID = '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11';

export class ListAuditQuery extends PageQuery {
  @ApiPropertyOptional({
    description: 'The act, done or attempted.',
    enum: DECLARED_ELSEWHERE,
    enumName: 'AuditAction',
    example: 'account.disabled',
  })
  @IsOptional()
  @IsIn(AUDIT_ACTIONS)
  action?: AuditAction;

  @ApiPropertyOptional({ description: 'Whether the act succeeded.', enum: AUDIT_OUTCOMES, enumName: 'AuditOutcome', example: 'failure' })
  @IsOptional()
  @IsIn(AUDIT_OUTCOMES)
  outcome?: AuditOutcome;

  @ApiPropertyOptional({ description: 'Id of the account that acted; it may be deleted.', format: 'uuid', example: EXAMPLE_ID })
  @IsOptional()
  @IsUUID()
  actorId?: string;

  @ApiPropertyOptional({ description: 'Id of the account that the act concerned; it may be deleted.', format: 'uuid', example: EXAMPLE_ID })
  @IsOptional()
  @IsUUID()
  subjectId?: string;

  @Time({ description: 'At or after this time.', example: '2026-03-01T00:00:00Z' })
  from?: Date;

  @Time({ description: 'Before this time.', example: '2026-04-01T00:00:00Z' })
  to?: Date;

  listName(): string {
    const { action, outcome, actorId, subjectId, from, to } = this;
    return `audit ${JSON.stringify([action, outcome, actorId, subjectId, from, to])}`;
  }
}

export class ListSecurityEventsQuery extends PageQuery {
  /** The same for all accounts; a position in the list ends with the account's id. */
  listName(): string {
    return 'security-events';
  }
}
