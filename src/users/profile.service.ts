import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import type { Caller } from '../common/caller.js';
import { InvalidRequestError } from '../common/errors.js';
import { DatabaseService } from '../database/database.service.js';
import { Settings } from '../config/settings.js';
import type { Account, ProfileChanges, ProfileColumns } from './account.js';
import { readChanges } from './account-columns.js';
import { ACCOUNT_FIELDS } from './account-fields.js';
import { UserNotFoundError } from './errors.js';
import { type Versions, demandVersion } from './standing.service.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

/** Edits the profile of an account. */
@Injectable()
export class ProfileService {
  constructor(
    private readonly users: UsersRepository,
    private readonly accounts: UsersService,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
    private readonly settings: Settings,
  ) {}

  /**
   * Changes all given fields, or none of them. An edit that changes nothing keeps `version`.
   * @param by the acting account, if not the owner's, and the versions on which the edit may be based
   * @throws InvalidRequestError, UsernameTakenError (also when two requests race), UserNotFoundError, PreconditionFailedError
   */
  async change(
    id: string,
    changes: ProfileChanges,
    { caller, actorId = id, versions }: { caller?: Caller; actorId?: string; versions?: Versions } = {},
  ): Promise<Account> {
    const wanted = readChanges(changes, this.settings.DEFAULT_REGION);
    return this.database.transaction(async () => {
      const user = await this.users.lockById(id);
      if (user === null) throw new UserNotFoundError();
      demandVersion(user.version, versions);
      if (wanted.username === null && user.emailKey === null && user.mobileKey === null) {
        throw InvalidRequestError.field('username', 'identifier.missing', 'The account has no other identifier to sign in with.');
      }
      const changed = (Object.keys(wanted) as (keyof ProfileColumns)[]).filter((name) => !isDeepStrictEqual(user[name], wanted[name]));
      if (changed.length === 0) return this.accounts.getById(id);
      await this.users.update(id, wanted);
      const fields = changed.filter((name) => name in ACCOUNT_FIELDS).join(' ');
      await this.audit.record({ action: 'account.updated', outcome: 'success', actorId, subjectId: id, caller, details: { fields } });
      return this.accounts.getById(id);
    });
  }
}
