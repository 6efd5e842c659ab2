import { Injectable, Logger } from '@nestjs/common';
import { AuditService } from '../../../audit/audit.service.js';
import type { Caller } from '../../../common/caller.js';
import { AppError } from '../../../common/errors.js';
import { ThrottleService } from '../../../throttling/throttle.service.js';
import type { Provider, UpstreamIdentity } from '../../providers/provider.js';
import { ProviderClient } from '../../providers/provider-client.service.js';
import { ProvidersService } from '../../providers/providers.service.js';
import { SignInsAway } from '../../sign-in/sign-ins-away.service.js';
import { IdentityLinks } from './identity-links.service.js';
import { type Marks, ProviderRequests } from './provider-requests.service.js';
import { UpstreamArrivals } from './upstream-arrivals.service.js';

/** What to do with browsers that come back from a provider. */
@Injectable()
export class ProviderCallbacks {
  private readonly logger = new Logger('ProviderCallbacks');

  constructor(
    private readonly providers: ProvidersService,
    private readonly client: ProviderClient,
    private readonly requests: ProviderRequests,
    private readonly arrivals: UpstreamArrivals,
    private readonly away: SignInsAway,
    private readonly links: IdentityLinks,
    private readonly throttle: ThrottleService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Goes on with the sign-in, or links the identity.
   * @param sent what the provider added to the redirect URI, or posted there
   * @returns where to send the browser: to the app, with the id of the sign-in or of the identity, and with a code if it failed
   * @throws ThrottledError; ProviderNotFoundError; SignInNotFoundError, OtherBrowserError without a state of this browser: nobody knows then where to go
   */
  async receive(slug: string, sent: URLSearchParams, marks: Marks, caller: Caller): Promise<string> {
    await this.throttle.takeFrom('provider-callback', caller);
    const provider = await this.providers.getEnabled(slug);
    const { boundTo, link, returnTo, checks } = await this.requests.redeem(provider, sent.get('state'), marks);
    const told: Record<string, string> = link === null ? { sign_in: boundTo } : {};
    try {
      const answer = new URL(this.providers.redirectUriOf(provider));
      answer.search = sent.toString();
      const identity = withName(provider, await this.client.redeem(provider, answer, checks), sent);
      if (link === null) await this.arrive(boundTo, provider, identity, caller);
      else told['identity'] = await this.links.finish(link, boundTo, provider, identity, caller);
    } catch (error) {
      const code = error instanceof AppError ? error.code : 'server.error';
      if (!(error instanceof AppError)) this.logger.error(`Provider ${slug}: ${(error as Error).stack ?? String(error)}`);
      await this.audit.record({
        action: 'identity.checked',
        outcome: 'failure',
        subjectId: link?.userId ?? null,
        caller,
        details: { provider: slug, reason: code },
      });
      told['error'] = code;
    }
    return withParameters(returnTo, told);
  }

  private async arrive(signInId: string, provider: Provider, identity: UpstreamIdentity, caller: Caller): Promise<void> {
    const signIn = await this.away.resume(signInId);
    const arrival = await this.arrivals.settle(signIn, provider, identity, caller);
    if ('factor' in arrival) await this.away.pass(signIn, arrival.factor, arrival.link, caller);
    else await this.away.awaitLink(signIn, arrival.owner, arrival.link);
  }
}

/** An address with further parameters; those of the same name are replaced. */
function withParameters(address: string, parameters: Readonly<Record<string, string>>): string {
  const url = new URL(address);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

/** Apple posts the name beside the answer, unsigned and once. It is no more than a suggestion for a profile. */
function withName(provider: Provider, identity: UpstreamIdentity, sent: URLSearchParams): UpstreamIdentity {
  const posted = provider.preset === 'apple' ? sent.get('user') : null;
  if (posted === null || posted.length > 1_000) return identity;
  try {
    const { name = {} } = JSON.parse(posted) as { name?: Record<string, unknown> };
    const text = (value: unknown): string | null => (typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 100) : null);
    return { ...identity, profile: { ...identity.profile, firstName: text(name['firstName']), lastName: text(name['lastName']) } };
  } catch {
    return identity;
  }
}
