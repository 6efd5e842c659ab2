import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import type { Caller } from '../common/caller.js';
import { InvalidRequestError } from '../common/errors.js';
import { DatabaseService } from '../database/database.service.js';
import type { Account, ProfileChanges } from './account.js';
import { UserNotFoundError } from './errors.js';
import { fromUsername } from './identifiers.js';
import { canonicalLocale, checkedMetadata, cleanName } from './profile.js';
import type { User } from './user.entity.js';
import { type Versions, demandVersion } from './standing.service.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

/** The columns that an edit of a profile can change. */
type ProfileColumns = Partial<Pick<User, 'username' | 'usernameKey' | 'firstName' | 'lastName' | 'gender' | 'locale' | 'metadata'>>;

/** Editing what an account says about its owner. */
@Injectable()
export class ProfileService {
  constructor(
    private readonly users: UsersRepository,
    private readonly accounts: UsersService,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Changes the fields that are given: all of them or none. An edit that changes nothing leaves `version` alone.
   * @param by who does it, if not the account's owner, and the versions that the edit is based on
   * @throws InvalidRequestError, UsernameTakenError (also when two requests race), UserNotFoundError, PreconditionFailedError
   */
  async change(
    id: string,
    changes: ProfileChanges,
    { caller, actorId = id, versions }: { caller?: Caller; actorId?: string; versions?: Versions } = {},
  ): Promise<Account> {
    const wanted = toColumns(changes);
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
      const fields = changed.filter((name) => name !== 'usernameKey').join(' ');
      await this.audit.record({ action: 'account.updated', outcome: 'success', actorId, subjectId: id, caller, details: { fields } });
      return this.accounts.getById(id);
    });
  }
}

/** The columns of the given fields, in the form in which they are kept. */
function toColumns({ username, firstName, lastName, gender, locale, metadata }: ProfileChanges): ProfileColumns {
  const name = username == null ? null : fromUsername(username);
  return {
    ...(username === undefined ? {} : { username: name?.stored ?? null, usernameKey: name?.key ?? null }),
    ...(firstName === undefined ? {} : { firstName: cleanName(firstName, 'firstName') }),
    ...(lastName === undefined ? {} : { lastName: cleanName(lastName, 'lastName') }),
    ...(gender === undefined ? {} : { gender }),
    ...(locale === undefined ? {} : { locale: canonicalLocale(locale) }),
    ...(metadata === undefined ? {} : { metadata: checkedMetadata(metadata) }),
  };
}
