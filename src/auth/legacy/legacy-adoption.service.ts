import { Injectable, Logger } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { withoutElevated } from '../../common/access.js';
import type { Caller } from '../../common/caller.js';
import { InvalidRequestError } from '../../common/errors.js';
import { DatabaseService } from '../../database/database.service.js';
import { CORE_CLIENT_ID } from '../../common/principal.js';
import { Hooks } from '../../hooks/hooks.service.js';
import { type Credentials, NEW_ACCOUNT_ROLES } from '../../users/account.js';
import type { AccountRecord } from '../../users/transfer/account-record.js';
import type { UniqueField } from '../../users/transfer/account-transfer.js';
import { AccountTransferService } from '../../users/transfer/account-transfer.service.js';
import { UsersService } from '../../users/users.service.js';
import { LegacyVerifier } from './legacy-verifier.service.js';

/** Fields by which somebody signs in. */
const TYPED = ['email', 'username', 'mobile'] as const satisfies UniqueField[];

/** Stores what the old system confirmed, so that it is not asked again. The password policy does not apply, as in an import. */
@Injectable()
export class LegacyAdoption {
  private readonly logger = new Logger('LegacyAdoption');

  constructor(
    private readonly verifier: LegacyVerifier,
    private readonly hooks: Hooks,
    private readonly users: UsersService,
    private readonly transfers: AccountTransferService,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Gives an account the hash of the confirmed password.
   * @returns false if its password was set or locked meanwhile: nothing is stored then
   */
  keep({ account, passwordHash }: Credentials, hash: string, caller: Caller): Promise<boolean> {
    return this.database.transaction(async () => {
      const kept = await this.users.replaceHash(account.id, passwordHash, hash);
      if (kept) await this.record(account.id, false, caller);
      return kept;
    });
  }

  /**
   * Creates the account that the old system described, with the hash of the confirmed password. It gets no elevated role: whoever controls
   * the old system would administer this one.
   * @param described a record as in a file of an import
   * @returns false if another account has one of its unique values: nothing is stored then
   * @throws UnavailableError if it describes no account, or one without the identifier that was typed; HookDeniedError, HookUnavailableError
   */
  async create(identifier: string, described: unknown, hash: string, caller: Caller): Promise<boolean> {
    const { read, typed } = this.read(identifier, described);
    const roles = withoutElevated(read.roles);
    const record: AccountRecord = {
      ...read,
      roles: roles.length > 0 ? roles : [...NEW_ACCOUNT_ROLES],
      passwordHash: hash,
      passwordLockedAt: null,
      passwordWornAt: null,
    };
    const { email, mobile, username, firstName, lastName, locale } = record;
    const given = { email, mobile, username, firstName, lastName, locale, emailProven: record.emailVerifiedAt !== null };
    await this.hooks.beforeSignUp({ ...given, method: 'legacy', clientId: CORE_CLIENT_ID, provider: null }, caller);
    return this.database.transaction(async () => {
      const taken = await this.transfers.add(record, { action: 'account.imported', details: { from: this.verifier.host } });
      if (taken === undefined) await this.record(record.id, true, caller);
      // Without fields, or with that which was typed, a sign-in at the same moment stored the same account.
      else if (taken.fields.length > 0 && !taken.fields.includes(typed))
        this.logger.warn({
          msg: 'An account of the old system cannot be stored, because another account has values of it',
          fields: taken.fields,
        });
      return taken === undefined;
    });
  }

  /** @returns the account, and its field that was typed */
  private read(identifier: string, described: unknown): { read: AccountRecord; typed: UniqueField } {
    const read = this.parse(described);
    const key = this.users.typedKey(identifier);
    const typed = TYPED.find((field) => read[field] !== null && this.users.typedKey(read[field]) === key);
    // Otherwise the next sign-in by this identifier would find no account, and ask again.
    if (typed === undefined) throw this.verifier.unusable('it does not have the identifier that was typed');
    return { read, typed };
  }

  private parse(described: unknown): AccountRecord {
    try {
      return this.transfers.read(described, new Date());
    } catch (error) {
      if (!(error instanceof InvalidRequestError)) throw error;
      throw this.verifier.unusable(error.problems.map(({ pointer, rule }) => `${pointer.slice(1)} ${rule}`.trim()).join(', '));
    }
  }

  private record(subjectId: string, created: boolean, caller: Caller): Promise<void> {
    const details = { from: this.verifier.host, created };
    return this.audit.record({ action: 'account.adopted', outcome: 'success', actorId: subjectId, subjectId, caller, details });
  }
}
