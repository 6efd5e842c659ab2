import { Injectable } from '@nestjs/common';
import { RegistrationPolicy } from '../../../auth/admission/registration-policy.service.js';
import { EmailReplacement } from '../../../auth/contacts/email-replacement.service.js';
import { EmailVerificationMails } from '../../../auth/contacts/email-verification-mails.service.js';
import { MobileReplacement } from '../../../auth/contacts/mobile-replacement.service.js';
import { type Authorization, CredentialChange } from '../../../auth/passwords/credential-change.service.js';
import type { Caller } from '../../../common/caller.js';
import type { Account } from '../../../users/account.js';
import { ContactsService } from '../../../users/contacts.service.js';
import { MobileTakenError } from '../../../users/errors.js';
import type { ContractSlug } from '../contract-slugs.js';

/** Changing what an account is reached by at once, before the new one is proven, for wire formats that promise so. Joins the caller's transaction. */
@Injectable()
export class ContactEdit {
  constructor(
    private readonly gate: CredentialChange,
    private readonly contacts: ContactsService,
    private readonly policy: RegistrationPolicy,
    private readonly emails: EmailReplacement,
    private readonly verification: EmailVerificationMails,
    private readonly mobiles: MobileReplacement,
  ) {}

  /**
   * Changes the address. A former one that was proven gets a notice with a way back and stays the recovery address until the new one is
   * proven; a confirmation mail goes to the new one.
   * @param clientId the contract that is asked
   * @throws InvalidRequestError, DomainNotAllowedError, EmailTakenError (also when two requests race), and as `CredentialChange.confirm`
   */
  async changeEmail(authorization: Authorization<'identifiers'>, email: string, clientId: ContractSlug, caller: Caller): Promise<Account> {
    const wanted = this.contacts.readEmail(email);
    // Administrators may give an account any address.
    if (authorization.actorId === authorization.account.id) this.policy.demandDomain(wanted.stored);
    const change = await this.gate.confirm(authorization);
    if (this.contacts.hasEmail(change.account, wanted)) return change.account;
    const changed = await this.emails.replace(change, wanted, { proven: false, caller });
    await this.verification.send(changed, { clientId, triedBy: caller });
    return changed;
  }

  /**
   * Changes the number; the owner is told. A number that another account registered with is taken, proven or not.
   * @throws InvalidRequestError, MobileTakenError (also when two requests race), and as `CredentialChange.confirm`
   */
  async changeMobile(authorization: Authorization<'identifiers'>, mobile: string, caller: Caller): Promise<Account> {
    const wanted = this.contacts.readMobile(mobile);
    const registered = await this.contacts.findUnproven('mobile', mobile);
    if (registered !== null && registered.id !== authorization.account.id) throw new MobileTakenError();
    return this.mobiles.replace(await this.gate.confirm(authorization), wanted, caller);
  }
}
