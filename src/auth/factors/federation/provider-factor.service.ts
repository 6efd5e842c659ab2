import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Caller } from '../../../common/caller.js';
import { InvalidRequestError } from '../../../common/errors.js';
import { IdentitiesService } from '../../identities/identities.service.js';
import { canReauthenticate } from '../../providers/presets.js';
import { ProviderClient } from '../../providers/provider-client.service.js';
import { ProvidersService } from '../../providers/providers.service.js';
import type { AskedChallenge, Factor, FactorAnswer, FactorChallenge, FactorOffer, PassedFactor, SignInState } from '../factor.js';
import { FactorRegistry } from '../factor-registry.service.js';
import { SignInsAway } from '../../sign-in/sign-ins-away.service.js';
import { LinkRequiredError } from './errors.js';
import { ProviderRequests } from './provider-requests.service.js';
import { UpstreamArrivals } from './upstream-arrivals.service.js';

/** Signing in by an identity provider: the first step of a sign-in, as good as any other single factor. */
@Injectable()
export class ProviderFactor implements Factor, OnModuleInit {
  readonly type = 'provider';
  readonly roles = ['first'] as const;
  /** Without an identity one is linked by the completion, which looks at the provider itself. */
  readonly holds = `p."authenticatorId" IS NULL OR EXISTS (SELECT FROM identities i JOIN providers v ON v.id = i.provider_id
    WHERE i.id = p."authenticatorId" AND i.user_id = u.id AND v.enabled_at IS NOT NULL)`;

  constructor(
    private readonly registry: FactorRegistry,
    private readonly providers: ProvidersService,
    private readonly identities: IdentitiesService,
    private readonly client: ProviderClient,
    private readonly requests: ProviderRequests,
    private readonly arrivals: UpstreamArrivals,
    private readonly away: SignInsAway,
  ) {}

  onModuleInit(): void {
    this.registry.add(this);
  }

  answers({ idToken }: FactorAnswer): boolean {
    return idToken !== undefined;
  }

  async offersOf(): Promise<FactorOffer[]> {
    return [];
  }

  /** One for each provider; for a session that steps up only those of the account's identities, and only where one is asked for a proof again. */
  async firstOffers(owner: { id: string } | null): Promise<FactorOffer[]> {
    const enabled = await this.providers.list({ enabledOnly: true });
    const own = owner === null ? [] : (await this.identities.list(owner.id)).map(({ provider: { slug } }) => slug);
    const offered = owner === null ? enabled : enabled.filter((each) => own.includes(each.slug) && canReauthenticate(each));
    return offered.map(({ slug }) => ({ type: this.type, role: 'first', provider: slug }));
  }

  /** @throws InvalidRequestError, ProviderNotFoundError, ProviderUnavailableError, NotReauthenticatedError */
  async challenge(
    signIn: SignInState,
    _caller: Caller,
    { provider: slug, returnTo, marks = {} }: AskedChallenge,
  ): Promise<FactorChallenge> {
    if (slug === undefined) throw InvalidRequestError.field('provider', 'required', 'Send the slug of the provider.');
    const provider = await this.providers.getEnabled(slug);
    const sent = await this.requests.send(provider, {
      boundTo: signIn.id,
      link: null,
      returnTo: returnTo ?? signIn.backTo,
      marks,
      reauthenticates: signIn.purpose === 'step_up',
    });
    return { ...sent, type: this.type };
  }

  /**
   * Takes an ID token that an app got from the provider itself. The id of the sign-in is the nonce: a token that was made for another
   * sign-in, or before it, is worth nothing in this one.
   * @throws ProviderNotFoundError, ProviderUnavailableError, ProviderAnswerError; LinkRequiredError when the sign-in waits for the proof of
   *   another account from now on, or the identity has to be linked first; what `UpstreamArrivals.settle` throws
   */
  async attempt({ id }: SignInState, { provider: slug, idToken = '' }: FactorAnswer, caller: Caller): Promise<PassedFactor> {
    if (slug === undefined) throw InvalidRequestError.field('provider', 'required', 'Send the slug of the provider, too.');
    const provider = await this.providers.getEnabled(slug);
    const identity = await this.client.readIdToken(provider, idToken, id);
    const signIn = await this.away.resume(id);
    const arrival = await this.arrivals.settle(signIn, provider, identity, caller);
    if ('factor' in arrival && arrival.link === null) return arrival.factor;
    if ('factor' in arrival) await this.away.pass(signIn, arrival.factor, arrival.link, caller);
    else await this.away.awaitLink(signIn, arrival.owner, arrival.link);
    throw new LinkRequiredError();
  }
}
