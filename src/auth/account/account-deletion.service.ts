import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { DatabaseService } from '../../database/database.service.js';
import { AvatarsService } from '../../avatars/avatars.service.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import type { Account } from '../../users/account.js';
import { ContactsService } from '../../users/contacts.service.js';
import { UsersService } from '../../users/users.service.js';
import { PasswordCheck } from '../passwords/password-check.service.js';

/** On what terms an account is deleted. */
export interface DeletionTerms {
  caller?: Caller;
  /** Who does it, if not the account's owner. */
  actorId?: string;
  /** Says whether it may be, by throwing if not; called in the same transaction, the account's row locked. */
  admit?: (account: Account) => Promise<void>;
}

/** Deleting accounts for good: what is left is that something happened, under an id that leads to nobody. */
@Injectable()
export class AccountDeletionService {
  constructor(
    private readonly users: UsersService,
    private readonly contacts: ContactsService,
    private readonly sessions: SessionsService,
    private readonly passwords: PasswordCheck,
    private readonly avatars: AvatarsService,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Deletes an account for its owner, who proves it by the password.
   * @throws BadCredentialsError, ThrottledError, BusyError, LastAdminError, UserNotFoundError
   */
  async deleteOwn(userId: string, password: string, caller: Caller): Promise<void> {
    await this.passwords.byId(userId, password, caller);
    await this.delete(userId, { caller });
  }

  /**
   * Deletes an account: its sessions end on every node, its rows go with everything that hangs on them, and the audit log keeps
   * the bare id. No mail says so, for it would hold the address that is to go. All of it or nothing.
   * @throws LastAdminError, UserNotFoundError, and what `admit` throws
   */
  async delete(userId: string, { caller, actorId = userId, admit }: DeletionTerms = {}): Promise<void> {
    const picture = await this.database.transaction(async () => {
      const { roles } = await this.users.getById(userId);
      // Before any lock on the account's own row, see there.
      if (roles.includes('admin')) await this.users.demandAnotherAdmin(userId);
      await admit?.((await this.contacts.lock(userId)).account);
      await this.sessions.endAll(userId, 'deleted', { caller, actorId });
      const last = await this.users.delete(userId);
      await this.audit.record({ action: 'account.deleted', outcome: 'success', actorId, subjectId: userId, caller });
      await this.audit.forget(userId);
      return last;
    });
    await this.avatars.discard(picture);
  }
}
