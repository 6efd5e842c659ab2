import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import { ChallengesService } from '../../tokens/challenges/challenges.service.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import type { Account } from '../../users/account.js';
import { UsersService } from '../../users/users.service.js';
import { OwnerNotices } from '../challenges/owner-notices.service.js';

/** What a new password brings along, whatever allowed it. */
@Injectable()
export class PasswordReplacement {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly challenges: ChallengesService,
    private readonly notices: OwnerNotices,
  ) {}

  /**
   * Sets the password, lifts a lock, ends all sessions and all open codes and links, and queues a notice. To be called in a
   * transaction, which has to be rolled back when the answer is false.
   * @param sessionEpoch `Credentials.sessionEpoch`, where the old password was what allowed it
   * @returns false when all sessions were ended since that was read: the old password may not be the account's any more
   */
  async replace(account: Account, passwordHash: string, caller: Caller, sessionEpoch: number | null = null): Promise<boolean> {
    if (!(await this.users.setPasswordHash(account.id, passwordHash, sessionEpoch))) return false;
    await this.sessions.endAll(account.id, 'password-changed', { caller });
    await this.challenges.closeAll(account.id);
    await this.notices.send('password-changed', account, caller);
    return true;
  }
}
