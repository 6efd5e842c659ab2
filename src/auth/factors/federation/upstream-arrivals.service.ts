import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../common/caller.js';
import { RegistrationPolicy } from '../../admission/registration-policy.service.js';
import { InvalidFactorError } from '../../authenticators/errors.js';
import { IdentitiesService } from '../../identities/identities.service.js';
import { ProofRequiredError } from '../../passwords/errors.js';
import { MailboxTakeover } from '../../passwords/mailbox-takeover.service.js';
import { NotReauthenticatedError } from '../../providers/errors.js';
import type { Provider, UpstreamIdentity } from '../../providers/provider.js';
import type { PassedFactor, SignInState } from '../factor.js';
import type { PendingLink } from '../../identities/pending-link.js';
import type { Owner } from '../../sign-in/sign-in-step.js';
import type { Account } from '../../../users/account.js';
import { ContactsService } from '../../../users/contacts.service.js';
import { UsersService } from '../../../users/users.service.js';
import { EmailUnprovenError, LinkRequiredError, SignUpsClosedError } from './errors.js';
import { ProviderSignUps } from './provider-sign-ups.service.js';

/** What comes of somebody who comes back from a provider. */
export type Arrival =
  /** They are the owner of the account; `link` is linked when the sign-in is complete. */
  | { factor: PassedFactor; link: PendingLink | null }
  /** They have to prove the account of that owner first. */
  | { owner: Owner; link: PendingLink };

/**
 * Decides to which account an identity belongs. It is known by provider, issuer and subject; an address alone never signs anybody in, and one
 * that the provider does not call proven is not even looked up, so that nobody learns by it who has an account.
 */
@Injectable()
export class UpstreamArrivals {
  constructor(
    private readonly identities: IdentitiesService,
    private readonly users: UsersService,
    private readonly contacts: ContactsService,
    private readonly signUps: ProviderSignUps,
    private readonly policy: RegistrationPolicy,
    private readonly takeover: MailboxTakeover,
  ) {}

  /**
   * @throws NotReauthenticatedError when a session steps up by a proof from before; InvalidFactorError when the sign-in is of another account;
   *   RegistrationClosedError, DomainNotAllowedError,
   *   SignUpsClosedError, EmailUnprovenError when nobody has the identity;
   *   LinkRequiredError when it has to be linked first
   */
  async settle(signIn: SignInState, provider: Provider, identity: UpstreamIdentity, caller: Caller): Promise<Arrival> {
    if (signIn.purpose === 'step_up') demandFresh(identity, signIn);
    const known = await this.findKnown(signIn, provider, identity);
    if (known !== null) return known;
    // Whoever steps up shows what the account has.
    if (signIn.userId !== null) throw new InvalidFactorError();
    // Somebody who pressed the button twice, or in two tabs, has the account by now that the other one made.
    try {
      const arrival = await this.arriveNew(provider, identity, caller);
      return 'owner' in arrival ? ((await this.findKnown(signIn, provider, identity)) ?? arrival) : arrival;
    } catch (error) {
      const meanwhile = error instanceof LinkRequiredError ? await this.findKnown(signIn, provider, identity) : null;
      if (meanwhile === null) throw error;
      return meanwhile;
    }
  }

  /** Somebody whose identity has an account; null for others. */
  private async findKnown(signIn: SignInState, provider: Provider, identity: UpstreamIdentity): Promise<Arrival | null> {
    const { issuer, subject } = identity;
    const known = await this.identities.findOwner({ providerId: provider.id, issuer, subject });
    if (known === null) return null;
    if (signIn.userId !== null && signIn.userId !== known.userId) throw new InvalidFactorError();
    await this.identities.use(known.id, identity);
    return { factor: passedBy(provider, identity, known.userId, known.id), link: null };
  }

  private async arriveNew(provider: Provider, identity: UpstreamIdentity, caller: Caller): Promise<Arrival> {
    const address = identity.emailVerified ? identity.email : null;
    const account = address === null ? null : await this.holderOf(address);
    if (account !== null) return this.meet(account, provider, identity, caller);
    this.policy.demandNotClosed();
    if (!provider.signUps) throw new SignUpsClosedError();
    if (address === null) throw new EmailUnprovenError();
    const made = await this.signUps.make(provider, identity, address, caller);
    return { factor: passedBy(provider, identity, made.userId, made.identityId), link: null };
  }

  /** The account with the address; one that only claims it gives way to whoever proves it. */
  private async holderOf(address: string): Promise<Account | null> {
    return (await this.contacts.isClaim('email', address)) ? null : this.users.findByEmail(address);
  }

  /** Somebody with the proven address of an account. */
  private async meet(account: Account, provider: Provider, identity: UpstreamIdentity, caller: Caller): Promise<Arrival> {
    if (provider.links === 'never') throw new LinkRequiredError();
    const isProven = account.emailVerifiedAt !== null && account.recoveryEmail === null;
    if (provider.emailTrusted && !isProven) {
      const taken = await this.takeOver(account, provider, identity, caller);
      if (taken !== null) return taken;
    }
    const link: PendingLink = { ...identity, providerId: provider.id, provider: provider.slug };
    if (provider.links === 'auto' && provider.emailTrusted && isProven) {
      return { factor: passedBy(provider, identity, account.id, null), link };
    }
    const owner = await this.users.findCredentialsById(account.id);
    if (owner === null) throw new LinkRequiredError();
    return { owner, link };
  }

  /** The first proof of a mailbox. @returns null where something of the account was proven before */
  private async takeOver(account: Account, provider: Provider, identity: UpstreamIdentity, caller: Caller): Promise<Arrival | null> {
    let identityId: string | null = null;
    try {
      await this.takeover.complete({ accountId: account.id, address: String(account.email) }, caller, async (change) => {
        identityId = await this.identities.link(change, provider, identity, caller);
      });
    } catch (error) {
      if (error instanceof ProofRequiredError) return null;
      throw error;
    }
    return { factor: passedBy(provider, identity, account.id, identityId), link: null };
  }
}

/** By how much the clock of a provider may be behind ours, seconds. */
const LEEWAY_SECONDS = 30;

/**
 * Whoever steps up proves anew who they are: that they are signed in at the provider, perhaps for weeks, is nothing that a thief of the
 * session would not show as well. Only the provider's signed word for the time counts, since a browser can leave parameters out of a request.
 * Source: OpenID Connect Core §3.1.3.7, 13.
 * @throws NotReauthenticatedError
 */
function demandFresh({ authTime }: UpstreamIdentity, { begunAt }: SignInState): void {
  if (authTime === null || authTime < begunAt.getTime() / 1_000 - LEEWAY_SECONDS) throw new NotReauthenticatedError();
}

/** What a provider's word is worth. */
function passedBy({ acrMap }: Provider, { acr }: UpstreamIdentity, userId: string, identityId: string | null): PassedFactor {
  const level = acr !== null && Object.hasOwn(acrMap, acr) ? (acrMap[acr] ?? 1) : 1;
  return { type: 'provider', userId, authenticatorId: identityId, methods: ['fed'], level };
}
