import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { OptionallySignedIn, Roles } from '../../common/access.js';
import { ADMIN_ONLY, ApiProblem } from '../../common/api-problem.js';
import { type Caller, From } from '../../common/caller.js';
import { InvalidRequestError } from '../../common/errors.js';
import { fromCursor, toCursor } from '../../common/pagination.js';
import { CurrentUser, type Principal } from '../../common/principal.js';
import { DatabaseService } from '../../database/database.service.js';
import { toUserView } from '../../users/dto/user.view.js';
import {
  AcceptInvitation,
  CreateInvitation,
  InvitationAcceptedView,
  InvitationListView,
  InvitationSentView,
  ListInvitationsQuery,
  toInvitationView,
} from './dto/invitation.dto.js';
import { InvitationAcceptance } from './invitation-acceptance.service.js';
import { InvitationMails } from './invitation-mails.service.js';
import { Invitations } from './invitations.service.js';

const ID = { name: 'id', format: 'uuid', description: 'The invitation.', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11' };

@ApiTags('Invitations')
@Controller('v1/invitations')
export class InvitationsController {
  constructor(
    private readonly invitations: Invitations,
    private readonly mails: InvitationMails,
    private readonly acceptance: InvitationAcceptance,
    private readonly database: DatabaseService,
  ) {}

  @Post()
  @Roles('admin')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'createInvitation',
    summary: 'Invite somebody',
    description:
      'Mails a link that works for 7 days and once. The same for every address, whether or not it has an account. Inviting an address again renews its invitation and sends the mail again: the id and the link stay.',
  })
  @ApiAcceptedResponse({ type: InvitationSentView, description: 'The server sends the mail.' })
  @ApiProblem('request.invalid', ...ADMIN_ONLY)
  async create(
    @Body() { email, role }: CreateInvitation,
    @CurrentUser() { userId: actorId }: Principal,
    @From() caller: Caller,
  ): Promise<InvitationSentView> {
    const { id, expiresAt } = await this.mails.send({ email, role: role ?? null }, { actorId, caller });
    return { id, expiresAt: expiresAt.toISOString() };
  }

  @Get()
  @Roles('admin')
  @ApiOperation({ operationId: 'listInvitations', summary: 'List open invitations', description: 'Neither accepted nor revoked.' })
  @ApiOkResponse({ type: InvitationListView, description: 'One page.' })
  @ApiProblem('request.invalid', ...ADMIN_ONLY)
  async list(@Query() query: ListInvitationsQuery): Promise<InvitationListView> {
    const { entries, next } = await this.invitations.list(query.limit, fromCursor(query)?.[0]);
    return { data: entries.map(toInvitationView), nextCursor: toCursor(query, next) };
  }

  @Delete(':id')
  @Roles('admin')
  @HttpCode(204)
  @ApiOperation({ operationId: 'revokeInvitation', summary: 'Revoke an invitation', description: 'Its link stops working.' })
  @ApiParam(ID)
  @ApiNoContentResponse({ description: 'It is revoked.' })
  @ApiProblem('invitation.not_found', ...ADMIN_ONLY)
  async revoke(@Param('id') id: string, @CurrentUser() { userId: actorId }: Principal, @From() caller: Caller): Promise<void> {
    await this.database.transaction(() => this.invitations.revoke(id, { actorId, caller }));
  }

  @Post('accept')
  @OptionallySignedIn()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'acceptInvitation',
    summary: 'Accept an invitation',
    description:
      'With the access token of the account whose proven address was invited, or without one: the token of the link shows that its holder reads that address. Without an account one is made, address proven, with the `password` or, unless `EMAIL_CODE=off`, without any. An account that was registered with the address and never proven is taken over, emptied. A proven account keeps its ways in and gets the role. Signs nobody in.',
  })
  @ApiOkResponse({ type: InvitationAcceptedView, description: 'The invitation is used up.' })
  @ApiProblem(
    'request.invalid',
    'request.throttled',
    'access.unauthenticated',
    'token.invalid',
    'token.expired',
    'token.revoked',
    'challenge.invalid',
    'challenge.expired',
    'invitation.other_address',
    'invitation.account_exists',
    'invitation.account_disabled',
    'hook.denied',
    'hook.unavailable',
    'user.not_found',
    'server.busy',
  )
  async accept(
    @Body() { token, password }: AcceptInvitation,
    @CurrentUser() user: Principal | undefined,
    @From() caller: Caller,
  ): Promise<InvitationAcceptedView> {
    if (user === undefined) return { user: toUserView((await this.acceptance.acceptByLink(token, password, caller)).account) };
    if (password !== undefined) throw InvalidRequestError.field('password', 'proof.ambiguous', 'Signed in, accept without a password.');
    return { user: toUserView(await this.acceptance.acceptAs(user.userId, token, caller)) };
  }
}
