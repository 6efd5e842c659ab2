import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SignedIn } from '../common/access.js';
import { ApiProblem } from '../common/api-problem.js';
import { fromCursor, invalidCursor, toCursor } from '../common/pagination.js';
import { CurrentUser, type Principal } from '../common/principal.js';
import { AuditService } from './audit.service.js';
import { SecurityEventListView, toSecurityEventView } from './dto/audit-event.view.js';
import { ListSecurityEventsQuery } from './dto/audit.query.js';

/** The audit events of an account, for its owner. */
@ApiTags('Users')
@Controller('v1/users/me/security-events')
export class SecurityEventsController {
  constructor(private readonly audit: AuditService) {}

  @Get()
  @SignedIn()
  @ApiOperation({
    operationId: 'listSecurityEvents',
    summary: 'List audit events of my account',
    description: 'Sign-ins, wrong passwords, changes, and acts of administrators on the account, the newest first.',
  })
  @ApiOkResponse({ type: SecurityEventListView, description: 'One page of events.' })
  @ApiProblem('access.unauthenticated', 'token.invalid', 'token.expired', 'token.revoked')
  async listSecurityEvents(@Query() query: ListSecurityEventsQuery, @CurrentUser() { userId }: Principal): Promise<SecurityEventListView> {
    const after = fromCursor(query);
    // The query does not say whose list it is; the cursor does.
    if (after !== undefined && after.at(-1) !== userId) throw invalidCursor();
    const { entries, next } = await this.audit.list({ subjectId: userId }, query.limit, after?.slice(0, -1));
    return {
      data: entries.map((event) => toSecurityEventView(event, userId)),
      nextCursor: toCursor(query, next === null ? null : [...next, userId]),
    };
  }
}
