import { Injectable } from '@nestjs/common';
import { EmailReplacement } from '../../auth/contacts/email-replacement.service.js';
import { EmailVerificationMails } from '../../auth/contacts/email-verification-mails.service.js';
import { MobileReplacement } from '../../auth/contacts/mobile-replacement.service.js';
import { CredentialChange } from '../../auth/passwords/credential-change.service.js';
import type { Caller } from '../../common/caller.js';
import type { Principal } from '../../common/principal.js';
import type { Account } from '../../users/account.js';
import { ContactsService } from '../../users/contacts.service.js';

/**
 * Changing what an account is reached by at once, without its password and before the new one is proven, for wire formats that promise
 * so. Joins the caller's transaction.
 */
@Injectable()
export class ContactEdit {
  constructor(
    private readonly gate: CredentialChange,
    private readonly contacts: ContactsService,
    private readonly emails: EmailReplacement,
    private readonly verification: EmailVerificationMails,
    private readonly mobiles: MobileReplacement,
  ) {}

  /**
   * Changes the address. A former one that was proven gets a notice with a way back and stays the recovery address until the new one is
   * proven; a confirmation mail goes to the new one.
   * @param by the owner, or an administrator
   * @throws InvalidRequestError, EmailTakenError (also when two requests race), UserNotFoundError
   */
  async changeEmail(id: string, email: string, by: Principal, caller: Caller): Promise<Account> {
    const authorization = await this.gate.authorize(by, 'email', { accountId: id, as: 'contract' }, caller);
    const wanted = this.contacts.readEmail(email);
    const change = await this.gate.confirm(authorization);
    if (this.contacts.hasEmail(change.account, wanted)) return change.account;
    const changed = await this.emails.replace(change, wanted, { proven: false, caller });
    await this.verification.send(changed);
    return changed;
  }

  /**
   * Changes the number; the owner is told.
   * @param by the owner, or an administrator
   * @throws InvalidRequestError, MobileTakenError (also when two requests race), UserNotFoundError
   */
  async changeMobile(id: string, mobile: string, by: Principal, caller: Caller): Promise<Account> {
    const authorization = await this.gate.authorize(by, 'mobile', { accountId: id, as: 'contract' }, caller);
    const wanted = this.contacts.readMobile(mobile);
    return this.mobiles.replace(await this.gate.confirm(authorization), wanted, caller);
  }
}
