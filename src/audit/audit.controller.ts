import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles } from '../common/access.js';
import { ApiProblem } from '../common/api-problem.js';
import { fromCursor, toCursor } from '../common/pagination.js';
import { ReplicaReads } from '../database/replica-reads.service.js';
import { AuditService } from './audit.service.js';
import { AuditEventListView, toAuditEventView } from './dto/audit-event.view.js';
import { ListAuditQuery } from './dto/audit.query.js';

@ApiTags('Administration')
@Controller('v1/audit')
export class AuditController {
  constructor(
    private readonly audit: AuditService,
    private readonly replica: ReplicaReads,
  ) {}

  @Get()
  @Roles('admin')
  @ApiOperation({
    operationId: 'listAuditEvents',
    summary: 'List audit events',
    description:
      'Events of all authentication and administrative acts, the newest first. An event has to match all filters. The server keeps events for `AUDIT_RETENTION_DAYS`. Events of deleted accounts stay, but only with the id of the account.',
  })
  @ApiOkResponse({ type: AuditEventListView, description: 'One page of events.' })
  @ApiProblem('access.unauthenticated', 'access.forbidden', 'token.invalid', 'token.expired', 'token.revoked', 'auth.step_up_required')
  async listAuditEvents(@Query() query: ListAuditQuery): Promise<AuditEventListView> {
    const { limit, cursor: _, ...filter } = query;
    const after = fromCursor(query);
    const { entries, next } = await this.replica.read(() => this.audit.list(filter, limit, after));
    return { data: entries.map(toAuditEventView), nextCursor: toCursor(query, next) };
  }
}
