import { Body, Controller, Delete, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Aal, SignedIn } from '../../../common/access.js';
import { ApiProblem } from '../../../common/api-problem.js';
import { type Caller, From } from '../../../common/caller.js';
import { CurrentUser, type Principal } from '../../../common/principal.js';
import { ThrottleService } from '../../../throttling/throttle.service.js';
import { ProvidersService } from '../../providers/providers.service.js';
import { BrowserCookie } from '../../sign-in/browser-cookie.js';
import { IdentityLinkView, LinkIdentity } from './dto/identity-links.dto.js';
import { IdentityLinks } from './identity-links.service.js';
import { ProviderRequests } from './provider-requests.service.js';

/** What both routes can answer. */
const CHANGES = [
  'access.unauthenticated',
  'access.forbidden',
  'token.invalid',
  'token.expired',
  'token.revoked',
  'auth.step_up_required',
  'auth.bad_credentials',
  'user.not_found',
  'request.throttled',
] as const;

/** Linking and unlinking accounts at providers, for oneself. */
@ApiTags('Users')
@Controller('v1/users/me/identities')
export class IdentityLinksController {
  constructor(
    private readonly links: IdentityLinks,
    private readonly requests: ProviderRequests,
    private readonly providers: ProvidersService,
    private readonly throttle: ThrottleService,
    private readonly browserCookie: BrowserCookie,
  ) {}

  @Post()
  @SignedIn()
  @Aal(2, { maxAgeSeconds: 300 })
  @ApiOperation({
    operationId: 'linkIdentity',
    summary: 'Link an account at a provider',
    description:
      'Send the browser to `redirectUrl`; whoever signs in there can sign in here from then on. The answer sets a cookie by which this server knows the browser when it comes back, so send the request from that browser with `credentials: "include"`. Needs a proof that is at most 300 s old, by a second factor if the account has one.',
  })
  @ApiCreatedResponse({ type: IdentityLinkView, description: 'Where to send the browser.' })
  @ApiProblem('provider.not_found', 'provider.unavailable', ...CHANGES)
  async linkIdentity(
    @Body() { provider: slug, returnTo }: LinkIdentity,
    @CurrentUser() user: Principal,
    @From() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IdentityLinkView> {
    await this.admit(user, caller);
    const link = await this.links.admit(user, caller);
    const provider = await this.providers.getEnabled(slug);
    const { redirectUrl, expiresAt, mark } = await this.requests.send(provider, {
      boundTo: user.sessionId,
      link,
      returnTo,
      marks: this.browserCookie.read(request),
      reauthenticates: false,
    });
    this.browserCookie.set(reply, mark);
    return { redirectUrl, expiresAt: expiresAt.toISOString() };
  }

  @Delete(':id')
  @SignedIn()
  @Aal(2, { maxAgeSeconds: 300 })
  @HttpCode(204)
  @ApiOperation({
    operationId: 'unlinkIdentity',
    summary: 'Unlink an account at a provider',
    description:
      'It does not sign in here any more. Ends every other session and forgets trusted devices; the server mails a notice. The last way in stays. Needs a proof that is at most 300 s old, by a second factor if the account has one.',
  })
  @ApiParam({
    name: 'id',
    format: 'uuid',
    description: 'From the list of authenticators.',
    example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11',
  })
  @ApiNoContentResponse({ description: 'It is unlinked.' })
  @ApiProblem('identity.not_found', 'identity.last_way_in', ...CHANGES)
  async unlinkIdentity(@Param('id') id: string, @CurrentUser() user: Principal, @From() caller: Caller): Promise<void> {
    await this.admit(user, caller);
    await this.links.unlink(user, id, caller);
  }

  /** Counts a change: each may cause a mail. */
  private admit(user: Principal, caller: Caller): Promise<void> {
    return this.throttle.take({ limit: 'edit', of: `authenticators:${user.userId}` }, caller);
  }
}
