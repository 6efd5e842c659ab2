import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import type { Principal } from '../../common/principal.js';
import { DatabaseService } from '../../database/database.service.js';
import { networkOf } from '../../throttling/client-network.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import type { Account, ProfileChanges } from '../../users/account.js';
import { ProfileService } from '../../users/profile.service.js';
import { UsersService } from '../../users/users.service.js';
import { ContactEdit } from './contact-edit.service.js';

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
    private readonly contacts: ContactEdit,
    private readonly users: UsersService,
    private readonly throttle: ThrottleService,
    private readonly database: DatabaseService,
  ) {}

  /**
   * Makes all of the changes or none.
   * @param by the owner, or an administrator
   * @throws InvalidRequestError, EmailTakenError, MobileTakenError, UsernameTakenError (also when requests race), UserNotFoundError,
   *   ThrottledError
   */
  async edit(id: string, { email, mobile, ...profile }: AccountChanges, by: Principal, caller: Caller): Promise<Account> {
    await this.admit(id, { username: profile.username, email, mobile }, caller);
    return this.database.transaction(async () => {
      let account = await this.profiles.change(id, profile, { caller, actorId: by.userId });
      if (email !== undefined) account = await this.contacts.changeEmail(id, email, by, caller);
      if (mobile !== undefined) account = await this.contacts.changeMobile(id, mobile, by, caller);
      return account;
    });
  }

  /** The answer tells whether somebody has a name, and a new address is mailed: no oftener than where that is asked for outright. */
  private async admit(id: string, wanted: Pick<AccountChanges, 'username' | 'email' | 'mobile'>, caller: Caller): Promise<void> {
    const account = await this.users.getById(id);
    const isNew = (name: 'username' | 'email' | 'mobile'): boolean => wanted[name] !== undefined && wanted[name] !== account[name];
    const of = networkOf(caller.ip);
    if (isNew('username') || isNew('email') || isNew('mobile')) await this.throttle.take({ limit: 'availability', of }, caller);
    if (isNew('email')) await this.throttle.take({ limit: 'mail-request', of }, caller);
  }
}
