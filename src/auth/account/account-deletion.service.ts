import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import type { Principal } from '../../common/principal.js';
import { DatabaseService } from '../../database/database.service.js';
import { AvatarsService } from '../../avatars/avatars.service.js';
import { LeftChallenges } from '../../tokens/challenges/left-challenges.service.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import type { Account } from '../../users/account.js';
import { UsersService } from '../../users/users.service.js';
import { type Authorization, CredentialChange } from '../passwords/credential-change.service.js';

/** Deleting accounts for good: what is left is that something happened, under an id that leads to nobody. */
@Injectable()
export class AccountDeletionService {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly gate: CredentialChange,
    private readonly avatars: AvatarsService,
    private readonly left: LeftChallenges,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Deletes an account for its owner, who proves it by the password, or by a recent proof where there is none.
   * @throws BadCredentialsError when the password is wrong or stopped being the account's meanwhile, ThrottledError, BusyError,
   *   LastAdminError, UserNotFoundError
   */
  async deleteOwn(user: Principal, password: string | undefined, caller: Caller): Promise<void> {
    await this.delete(await this.gate.authorize(user, 'deletion', { password, field: 'password' }, caller), caller);
  }

  /**
   * Deletes an account: its sessions end on every node, its rows go with everything that hangs on them, and the audit log keeps
   * the bare id. No mail says so, for it would hold the address that is to go. All of it or nothing. Codes that prove its address or number
   * stay good for the next account with it: its owner may have one of them at hand.
   * @param admit says whether the account may go as it is now, by throwing if not; its row is locked
   * @throws LastAdminError, what `CredentialChange.confirm` throws, and what `admit` throws
   */
  async delete(
    authorization: Authorization<'deletion'>,
    caller: Caller,
    admit: (account: Account) => void | Promise<void> = () => {},
  ): Promise<void> {
    const userId = authorization.account.id;
    const pictures = await this.database.transaction(async () => {
      const { roles } = await this.users.getById(userId);
      // Before any lock on the account's own row, see there.
      if (roles.includes('admin')) await this.users.demandAnotherAdmin(userId);
      const change = await this.gate.confirm(authorization);
      await admit(change.account);
      const { actorId } = change;
      await this.sessions.endAll(userId, 'deleted', { caller, actorId });
      await this.left.leave(userId, ['confirm-email', 'confirm-mobile']);
      const had = await this.users.delete(change);
      await this.audit.record({ action: 'account.deleted', outcome: 'success', actorId, subjectId: userId, caller });
      await this.audit.forget(userId);
      return had;
    });
    await this.avatars.discard(pictures);
  }
}
