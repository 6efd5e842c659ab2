import { Injectable } from '@nestjs/common';
import type { Caller } from '../common/caller.js';
import { DatabaseService } from '../database/database.service.js';
import type { Account, ProfileChanges } from '../users/account.js';
import { ProfileService } from '../users/profile.service.js';
import { EmailChangeService } from './email-change.service.js';
import { MobileService } from './mobile.service.js';

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
    private readonly emailChange: EmailChangeService,
    private readonly mobiles: MobileService,
    private readonly database: DatabaseService,
  ) {}

  /**
   * Makes all of the changes or none.
   * @param actorId who does it, if not the account's owner
   * @throws InvalidRequestError, EmailTakenError, MobileTakenError, UsernameTakenError (also when requests race), UserNotFoundError
   */
  edit(id: string, { email, mobile, ...profile }: AccountChanges, caller: Caller, actorId = id): Promise<Account> {
    return this.database.transaction(async () => {
      let account = await this.profiles.change(id, profile, { caller, actorId });
      if (email !== undefined) account = await this.emailChange.changeAtOnce(id, email, caller, actorId);
      if (mobile !== undefined) account = await this.mobiles.changeAtOnce(id, mobile, caller, actorId);
      return account;
    });
  }
}
