import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { Secrets, StaleSecretError } from '../../config/secrets.js';
import { DatabaseService } from '../../database/database.service.js';
import type { Account } from '../../users/account.js';
import type { ConfirmedChange } from '../../users/confirmed-change.js';
import { OwnerNotices } from '../challenges/owner-notices.service.js';
import { AuthenticatorsRepository } from './authenticators.repository.js';
import { InvalidFactorError, NoSecondFactorError } from './errors.js';
import { newRecoveryCode, readRecoveryCode } from './recovery-code.js';
import { RecoveryCodesRepository, type StoredRecoveryCode } from './recovery-codes.repository.js';

/** How many codes an account gets. */
const CODES = 10;

/** Recovery codes: each stands in for a lost authenticator, once. They are shown when they are made, and never again. */
@Injectable()
export class RecoveryCodesService {
  constructor(
    private readonly codes: RecoveryCodesRepository,
    private readonly authenticators: AuthenticatorsRepository,
    private readonly secrets: Secrets,
    private readonly database: DatabaseService,
    private readonly notices: OwnerNotices,
    private readonly audit: AuditService,
  ) {}

  /**
   * The first codes of an account, for the room that just let its first authenticator count; in the same transaction. Codes that no key of
   * this server can check are none.
   * @returns undefined when the account got its codes before
   */
  async makeFirst({ account, actorId }: ConfirmedChange<'factors'>, caller: Caller): Promise<string[] | undefined> {
    if ((await this.codes.findAll(account.id)).some(({ keyId }) => this.canCheck(keyId))) return undefined;
    return (await this.make(account, actorId, caller)).codes;
  }

  /**
   * New codes in place of all earlier ones; tells the owner. Belongs into the transaction in which the gate confirmed the change.
   * @throws NoSecondFactorError when there is nothing that they could stand in for
   */
  async renew({ account, actorId }: ConfirmedChange<'factors'>, caller: Caller): Promise<string[]> {
    if ((await this.authenticators.findConfirmed(account.id)).length === 0) throw new NoSecondFactorError();
    const { id, codes } = await this.make(account, actorId, caller);
    await this.notices.send('recovery-codes-made', account, caller, { undo: { of: 'recovery-codes', id } });
    return codes;
  }

  /**
   * Removes the codes that were made together with this one. Belongs into the transaction in which the gate confirmed the change.
   * @returns false when others have replaced them meanwhile
   */
  removeMadeWith({ account }: ConfirmedChange<'factors' | 'takeover'>, id: string): Promise<boolean> {
    return this.codes.removeMadeWith(account.id, id);
  }

  /**
   * Uses up a code, and tells the owner. Case, blanks and hyphens do not count.
   * @throws InvalidFactorError when it is none of the account's, or was used before; StaleSecretError when it may be one that another server
   *   of the fleet can check
   */
  async use(account: Account, typed: string, caller: Caller): Promise<void> {
    const code = readRecoveryCode(typed);
    if (code === null) throw new InvalidFactorError();
    await this.database.transaction(async () => {
      const isUsed = await this.codes.use(account.id, this.secrets.macs('recovery-codes', bound(account.id, code)));
      const unused = await this.codes.countUnused(account.id);
      if (!isUsed) {
        // One of a secret that only other servers have yet is not wrong.
        for (const { keyId } of unused) if (keyId !== null) this.secrets.knows(keyId);
        throw new InvalidFactorError();
      }
      const left = this.living(unused);
      const about = { actorId: account.id, subjectId: account.id, caller };
      await this.audit.record({ action: 'recovery_code.used', outcome: 'success', ...about, details: { left } });
      await this.notices.send('recovery-code-used', account, caller, { undo: null, about: String(left) });
    });
  }

  /**
   * How many still work. Those that were made under an `APP_SECRET` that is configured no more are dead, as only hashes of them are kept: they
   * do not count, so that the owner learns to make new ones.
   */
  async countLeft(userId: string): Promise<number> {
    return this.living(await this.codes.countUnused(userId));
  }

  /** All of an account, for its owner; without the codes, which nobody knows. */
  listAll(userId: string): Promise<StoredRecoveryCode[]> {
    return this.codes.findAll(userId);
  }

  private living(unused: readonly { keyId: string | null; count: number }[]): number {
    return unused.reduce((left, { keyId, count }) => left + (this.canCheck(keyId) ? count : 0), 0);
  }

  /** Whether this server or another one of the fleet can check it. Rows that are older than the column of the key may be of any. */
  private canCheck(keyId: string | null): boolean {
    try {
      return keyId === null || this.secrets.knows(keyId);
    } catch (error) {
      if (error instanceof StaleSecretError) return true;
      throw error;
    }
  }

  private async make(account: Account, actorId: string | null, caller: Caller): Promise<{ id: string; codes: string[] }> {
    const codes = Array.from({ length: CODES }, newRecoveryCode);
    const plain = codes.map((code) => readRecoveryCode(code) ?? code);
    const id = await this.codes.replace(
      account.id,
      plain.map((code) => this.secrets.mac('recovery-codes', bound(account.id, code))),
      this.secrets.currentId,
    );
    await this.audit.record({ action: 'recovery_codes.made', outcome: 'success', actorId, subjectId: account.id, caller });
    return { id, codes };
  }
}

/** What is hashed: a row that is copied to another account opens nothing there. */
function bound(userId: string, code: string): string {
  return `${userId} ${code}`;
}
