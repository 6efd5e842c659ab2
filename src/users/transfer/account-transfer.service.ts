import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { DatabaseService } from '../../database/database.service.js';
import { Settings } from '../../config/settings.js';
import { type AccountRecord, type RecordRules, readAccountRecord } from './account-record.js';
import {
  type ImportProgress,
  type NumberedRecord,
  type Origin,
  type TakenRecord,
  UNIQUE_FIELDS,
  type UniqueField,
} from './account-transfer.js';
import { AccountTransferRepository } from './account-transfer.repository.js';

/** Number of accounts per query of an export. */
const EXPORT_PAGE_ROWS = 2_000;

/** Two processes import the same file. This one stopped before it stored anything twice. */
export class ImportUnderWayError extends Error {
  constructor() {
    super('Another process imports this file at the moment; this one stopped');
  }
}

/** The record's member that must be unique for each field. A mobile number has the same key as in a registration. */
const KEY_OF = { id: 'id', number: 'number', username: 'usernameKey', email: 'emailKey', mobile: 'mobileKey' } as const satisfies Record<
  UniqueField,
  keyof AccountRecord
>;

/** Moves accounts in and out of files, with all their data but the sessions. Sends no mail. */
@Injectable()
export class AccountTransferService {
  constructor(
    private readonly transfers: AccountTransferRepository,
    private readonly database: DatabaseService,
    private readonly settings: Settings,
    private readonly audit: AuditService,
  ) {}

  /**
   * Reads an account from a record of a file.
   * @throws InvalidRequestError naming every invalid field
   */
  read(record: unknown, now: Date): AccountRecord {
    const rules: RecordRules = { region: this.settings.DEFAULT_REGION, now };
    return readAccountRecord(record, rules);
  }

  /**
   * Passes all accounts to `write` in batches, each account as a line of JSON, ordered by number. All lines come from one snapshot of the
   * database.
   */
  async exportLines(write: (lines: readonly string[]) => Promise<void>): Promise<void> {
    await this.database.transaction(async () => {
      await this.transfers.beginSnapshot();
      for (let last = 0; ;) {
        const rows = await this.transfers.findLines(last, EXPORT_PAGE_ROWS);
        await write(rows.map(({ line }) => line));
        last = rows.at(-1)?.number ?? last;
        if (rows.length < EXPORT_PAGE_ROWS) return;
      }
    });
  }

  /**
   * Stores the records whose unique values are free, and records an audit event for each account; joins the caller's transaction.
   * @returns the other records
   */
  async store(batch: readonly NumberedRecord[], origin: Origin): Promise<TakenRecord[]> {
    await this.transfers.beginBatch();
    return this.storeFree(batch, origin);
  }

  /** Stores one account, within the limits of a request; otherwise as `store`. @returns the account as taken, or undefined if it is stored */
  async add(record: AccountRecord, origin: Origin): Promise<TakenRecord | undefined> {
    const [taken] = await this.storeFree([{ line: 1, record }], origin);
    return taken;
  }

  private async storeFree(batch: readonly NumberedRecord[], origin: Origin): Promise<TakenRecord[]> {
    const { free, taken } = await this.split(batch, false);
    const stored = free.length === 0 ? new Set<string>() : await this.transfers.insert(free.map(({ record }) => record));
    if (stored.size > 0) await this.audit.record({ ...origin, outcome: 'success', subjectId: [...stored] });
    // A registration took one of the values between the two statements.
    const lost = free.filter(({ record }) => !stored.has(record.id)).map(({ line }) => ({ line, fields: [] }));
    return [...taken, ...lost];
  }

  /** Runs `work`, which calls `rehearse`, as a dry run: afterwards nothing is stored. */
  rehearsal<T>(work: () => Promise<T>): Promise<T> {
    return this.database.transaction(async () => {
      await this.transfers.beginRehearsal();
      return work();
    });
  }

  /** The records that `store` would not store if it came after the records rehearsed before. */
  async rehearse(batch: readonly NumberedRecord[]): Promise<TakenRecord[]> {
    const { free, taken } = await this.split(batch, true);
    if (free.length > 0) await this.transfers.rehearse(free);
    return taken;
  }

  /** Progress of the import of a file; null if no import was interrupted. */
  findProgress(fileId: string): Promise<ImportProgress | null> {
    return this.transfers.findProgress(fileId);
  }

  /**
   * Stores the progress of an import; joins the caller's transaction, so that the progress always matches the stored accounts.
   * @throws ImportUnderWayError
   */
  async saveProgress(fileId: string, formerRecords: number, { records, counts }: ImportProgress): Promise<void> {
    if (!(await this.transfers.saveProgress(fileId, formerRecords, records, counts))) throw new ImportUnderWayError();
  }

  /** Deletes the progress: the next import of this file starts at its beginning. */
  forgetProgress(fileId: string): Promise<void> {
    return this.transfers.forgetProgress(fileId);
  }

  /** Call this outside a transaction after storing many accounts, so that the planner knows the new size of the tables at once. */
  settle(): Promise<void> {
    return this.transfers.analyze();
  }

  /** Separates records that can be stored from those that share a unique value with an account or an earlier record. */
  private async split(batch: readonly NumberedRecord[], rehearsed: boolean): Promise<{ free: NumberedRecord[]; taken: TakenRecord[] }> {
    const taken = new Map((await this.transfers.findTaken(batch, rehearsed)).map((found) => [found.line, found]));
    const seen = new Set<string>();
    const free = batch.filter(({ line, record }) => {
      if (taken.has(line)) return false;
      const keys = UNIQUE_FIELDS.filter((field) => record[KEY_OF[field]] !== null).map((field) => `${field} ${record[KEY_OF[field]]}`);
      const repeated = UNIQUE_FIELDS.filter((field) => seen.has(`${field} ${record[KEY_OF[field]]}`));
      if (repeated.length > 0) taken.set(line, { line, fields: repeated });
      else for (const key of keys) seen.add(key);
      return repeated.length === 0;
    });
    return { free, taken: [...taken.values()].toSorted((a, b) => a.line - b.line) };
  }
}
