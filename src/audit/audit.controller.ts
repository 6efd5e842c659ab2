import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles } from '../common/access.js';
import { ApiProblem } from '../common/api-problem.js';
import { fromCursor, toCursor } from '../common/pagination.js';
import { AuditService } from './audit.service.js';
import { AuditEventListView, toAuditEventView } from './dto/audit-event.view.js';
import { ListAuditQuery } from './dto/audit.query.js';

@ApiTags('Administration')
@Controller('v1/audit')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Get()
  @Roles('admin')
  @ApiOperation({
    operationId: 'listAuditEvents',
    summary: 'List audit events',
    description:
      'Events of all authentication and administrative acts, the newest first. An event has to match all filters. The server keeps events for `AUDIT_RETENTION_DAYS`. Events of deleted accounts stay, but only with the id of the account.',
  })
  @ApiOkResponse({ type: AuditEventListView, description: 'One page of events.' })
  @ApiProblem('access.unauthenticated', 'access.forbidden', 'token.invalid', 'token.expired', 'token.revoked')
  async listAuditEvents(@Query() { limit, cursor, ...filter }: ListAuditQuery): Promise<AuditEventListView> {
    const { action, outcome, actorId, subjectId, from, to } = filter;
    const list = `audit ${JSON.stringify([action, outcome, actorId, subjectId, from, to])}`;
    const { entries, next } = await this.audit.list(filter, limit, cursor === undefined ? undefined : fromCursor(list, cursor));
    return { data: entries.map(toAuditEventView), nextCursor: next === null ? null : toCursor(list, next) };
  }
}
