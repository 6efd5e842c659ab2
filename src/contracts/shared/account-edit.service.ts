import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import type { Principal } from '../../common/principal.js';
import { DatabaseService } from '../../database/database.service.js';
import { networkOf } from '../../throttling/client-network.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import type { Account, ProfileChanges } from '../../users/account.js';
import { ProfileService } from '../../users/profile.service.js';
import { type Authorization, CredentialChange } from '../../auth/passwords/credential-change.service.js';
import { EmailReplacement } from '../../auth/contacts/email-replacement.service.js';
import { EmailVerificationMails } from '../../auth/contacts/email-verification-mails.service.js';
import { MobileReplacement } from '../../auth/contacts/mobile-replacement.service.js';
import { ContactsService } from '../../users/contacts.service.js';

/** An edit of an account together with what it is reached by; what is absent stays. */
export interface AccountChanges extends ProfileChanges {
  email?: string | undefined;
  mobile?: string | undefined;
}

/**
 * Editing all of an account at once and without its password, for wire formats that promise so. The core's own API asks for the
 * password where an address changes, and for a proof of the new one.
 */
@Injectable()
export class AccountEditService {
  constructor(
    private readonly profiles: ProfileService,
    private readonly gate: CredentialChange,
    private readonly contacts: ContactsService,
    private readonly emails: EmailReplacement,
    private readonly verification: EmailVerificationMails,
    private readonly mobiles: MobileReplacement,
    private readonly throttle: ThrottleService,
    private readonly database: DatabaseService,
  ) {}

  /**
   * Makes all of the changes or none.
   * @param by the account's owner, or an administrator
   * @throws InvalidRequestError, EmailTakenError, MobileTakenError, UsernameTakenError (also when requests race), UserNotFoundError,
   *   ThrottledError
   */
  async edit(id: string, { email, mobile, ...profile }: AccountChanges, by: Principal, caller: Caller): Promise<Account> {
    const evidence = { accountId: id, as: 'contract' } as const;
    const emailChange = await this.gate.authorize(by, 'email', evidence, caller);
    const mobileChange = await this.gate.authorize(by, 'mobile', evidence, caller);
    await this.admit(emailChange.account, { username: profile.username, email, mobile }, caller);
    return this.database.transaction(async () => {
      let account = await this.profiles.change(id, profile, { caller, actorId: by.userId });
      if (email !== undefined) account = await this.changeEmail(emailChange, email, caller);
      if (mobile !== undefined) account = await this.changeMobile(mobileChange, mobile, caller);
      return account;
    });
  }

  /**
   * The address counts before it is proven. A former one that was proven gets a notice with a way back and stays the recovery address
   * until the new one is proven; a confirmation mail goes to the new one.
   */
  private async changeEmail(authorization: Authorization<'email'>, email: string, caller: Caller): Promise<Account> {
    const wanted = this.contacts.readEmail(email);
    const change = await this.gate.confirm(authorization);
    if (this.contacts.hasEmail(change.account, wanted)) return change.account;
    const changed = await this.emails.replace(change, wanted, { proven: false, caller });
    await this.verification.send(changed);
    return changed;
  }

  /** The number counts before it is proven; the owner is told. */
  private async changeMobile(authorization: Authorization<'mobile'>, mobile: string, caller: Caller): Promise<Account> {
    const wanted = this.contacts.readMobile(mobile);
    return this.mobiles.replace(await this.gate.confirm(authorization), wanted, caller);
  }

  /** The answer tells whether somebody has a name, and a new address is mailed: no oftener than where that is asked for outright. */
  private async admit(account: Account, wanted: Pick<AccountChanges, 'username' | 'email' | 'mobile'>, caller: Caller): Promise<void> {
    const isNew = (name: 'username' | 'email' | 'mobile'): boolean => wanted[name] !== undefined && wanted[name] !== account[name];
    const of = networkOf(caller.ip);
    if (isNew('username') || isNew('email') || isNew('mobile')) await this.throttle.take({ limit: 'availability', of }, caller);
    if (isNew('email')) await this.throttle.take({ limit: 'mail-request', of }, caller);
  }
}
