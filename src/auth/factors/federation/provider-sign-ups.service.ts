import { Injectable } from '@nestjs/common';
import { AuditService } from '../../../audit/audit.service.js';
import type { Caller } from '../../../common/caller.js';
import { DatabaseService } from '../../../database/database.service.js';
import { ThrottleService } from '../../../throttling/throttle.service.js';
import { EmailTakenError } from '../../../users/errors.js';
import type { Admission } from '../../../users/admission.js';
import { negotiate } from '../../../languages/locales.js';
import { UsersService } from '../../../users/users.service.js';
import { RegistrationPolicy } from '../../admission/registration-policy.service.js';
import { EmailVerificationMails } from '../../contacts/email-verification-mails.service.js';
import { IdentitiesService } from '../../identities/identities.service.js';
import { CredentialChange } from '../../passwords/credential-change.service.js';
import type { Provider, UpstreamIdentity } from '../../providers/provider.js';
import { LinkRequiredError } from './errors.js';

/** Accounts for people who have none and come from a provider. */
@Injectable()
export class ProviderSignUps {
  constructor(
    private readonly users: UsersService,
    private readonly policy: RegistrationPolicy,
    private readonly identities: IdentitiesService,
    private readonly gate: CredentialChange,
    private readonly verification: EmailVerificationMails,
    private readonly throttle: ThrottleService,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Makes an account without a password, and links the identity. The address is proven if the provider is trusted; otherwise it gets the
   * mail that every new address gets.
   * @throws LinkRequiredError when somebody has the address meanwhile, or can go back to it; RegistrationClosedError, DomainNotAllowedError,
   *   ThrottledError, InvalidRequestError, HookDeniedError, HookUnavailableError
   */
  async make(
    provider: Provider,
    identity: UpstreamIdentity,
    email: string,
    caller: Caller,
  ): Promise<{ userId: string; identityId: string }> {
    // The word of a provider that nobody trusts proves nothing.
    const candidate = provider.emailTrusted ? await this.policy.admitProven(email) : this.policy.admit(email);
    await this.throttle.takeFrom('register', caller);
    const admission = await this.policy.decide(candidate, { method: 'provider', provider: provider.slug }, caller);
    try {
      return await this.database.transaction(() => this.store(provider, identity, admission, caller));
    } catch (error) {
      throw error instanceof EmailTakenError ? new LinkRequiredError() : error;
    }
  }

  private async store(provider: Provider, identity: UpstreamIdentity, admission: Admission, caller: Caller) {
    const locale = negotiate(caller.acceptLanguage);
    const account = await this.users.create({ email: admission.email, locale, passwordHash: null }, admission);
    const { id } = account;
    await this.users.closeToPasswords(id);
    const details = { provider: provider.slug };
    await this.audit.record({ action: 'account.registered', outcome: 'success', actorId: id, subjectId: id, caller, details });
    if (provider.emailTrusted) {
      await this.users.markEmailVerified(id, String(account.email), 'by-owner');
      await this.audit.record({ action: 'email.verified', outcome: 'success', actorId: id, subjectId: id, caller, details });
      await this.policy.welcome(account, caller);
    } else await this.verification.send(account, { triedBy: caller });
    const sessionEpoch = (await this.users.findCredentialsById(id))?.sessionEpoch ?? 0;
    const change = await this.gate.confirm(
      await this.gate.authorize(null, 'factors', { enrolling: { accountId: id, sessionEpoch } }, caller),
    );
    return { userId: id, identityId: await this.identities.link(change, provider, identity, caller, { isNew: true }) };
  }
}
