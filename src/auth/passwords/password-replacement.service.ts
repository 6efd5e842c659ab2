import { Injectable } from '@nestjs/common';
import { areElevated } from '../../common/access.js';
import type { Caller } from '../../common/caller.js';
import { UnavailableError } from '../../common/errors.js';
import { ChallengeClosing } from '../../tokens/challenges/challenge-closing.service.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import type { Account } from '../../users/account.js';
import type { ConfirmedChange } from '../../users/confirmed-change.js';
import { ContactsService } from '../../users/contacts.service.js';
import { UsersService } from '../../users/users.service.js';
import { FactorWaivers } from '../authenticators/factor-waivers.service.js';
import { OwnerNotices } from '../challenges/owner-notices.service.js';
import type { HashedPassword } from './new-passwords.service.js';

/** What a new password brings along, whatever allowed it. */
@Injectable()
export class PasswordReplacement {
  constructor(
    private readonly users: UsersService,
    private readonly contacts: ContactsService,
    private readonly sessions: SessionsService,
    private readonly closing: ChallengeClosing,
    private readonly notices: OwnerNotices,
    private readonly waivers: FactorWaivers,
  ) {}

  /**
   * Sets the password, lifts a lock, ends all sessions, all open codes and links and a wait for a reset without the second factor, and queues a notice. Codes and links that prove what
   * the account registered with stay until the first proof: a stranger may have registered it, and their reader can ask for others anyway.
   * Belongs into the transaction that confirmed the change.
   * @param account as it is now: the notice goes to its addresses
   * @throws UnavailableError when the account got an elevated role after the password was checked by the weaker policy: another attempt
   *   is checked by the core's
   */
  async replace(
    change: ConfirmedChange<'password' | 'takeover'>,
    account: Account,
    { hash, policy }: HashedPassword,
    caller: Caller,
  ): Promise<void> {
    if (policy !== 'core' && areElevated(change.account.roles)) throw new UnavailableError();
    await this.users.setPasswordHash(change, hash);
    await this.sessions.endAll(account.id, 'password-changed', { caller });
    await this.waivers.stop(account.id);
    await this.closing.closeAll(account.id, await this.contacts.unprovenOf(account));
    await this.notices.send('password-changed', account, caller, { undo: null });
  }
}
