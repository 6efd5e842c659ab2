import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import type { Caller } from '../common/caller.js';
import { unfitMetadata } from '../claims/claims-template.js';
import { InvalidRequestError } from '../common/errors.js';
import { DatabaseService } from '../database/database.service.js';
import { Settings } from '../config/settings.js';
import type { Account, ProfileChanges, ProfileColumns } from './account.js';
import { readChanges } from './account-columns.js';
import { ACCOUNT_FIELDS } from './account-fields.js';
import { type Metadata, checkedObject } from './field-values.js';
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

  /**
   * Replaces what administrators say of the account. An edit that changes nothing keeps `version`. Access tokens that are issued from now on
   * have the claims that `CLAIMS_TEMPLATE` makes of it.
   * @param field name of the metadata in the request
   * @throws InvalidRequestError, also if no claims can be made of it; UserNotFoundError, PreconditionFailedError
   */
  async setPublicMetadata(
    id: string,
    given: Metadata,
    { caller, actorId, versions, field }: { caller: Caller; actorId: string; versions: Versions; field: string },
  ): Promise<void> {
    const publicMetadata = checkedObject(given, field);
    const unfit = unfitMetadata(this.settings.CLAIMS_TEMPLATE, publicMetadata);
    if (unfit !== null) throw InvalidRequestError.field(field, 'metadata.unfit', `${unfit}.`);
    await this.database.transaction(async () => {
      const user = await this.users.lockById(id);
      if (user === null) throw new UserNotFoundError();
      demandVersion(user.version, versions);
      if (isDeepStrictEqual(user.publicMetadata, publicMetadata)) return;
      await this.users.update(id, { publicMetadata });
      const details = { fields: 'publicMetadata' };
      await this.audit.record({ action: 'account.updated', outcome: 'success', actorId, subjectId: id, caller, details });
    });
  }
}
