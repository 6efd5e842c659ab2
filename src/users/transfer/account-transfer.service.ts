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

/** Accounts that are read at once for a file. */
const EXPORT_PAGE_ROWS = 2_000;

/** Two processes import the same file; this one stopped before it did anything twice. */
export class ImportUnderWayError extends Error {
  constructor() {
    super('Another process imports this file at the moment; this one stopped');
  }
}

/** What accounts have of their own; an import keys a mobile number as a registration would. */
const KEY_OF = { id: 'id', number: 'number', username: 'usernameKey', email: 'emailKey', mobile: 'mobileKey' } as const satisfies Record<
  UniqueField,
  keyof AccountRecord
>;

/** Moves accounts in and out by the thousand, with everything that is kept of them but their sessions. Sends no mail. */
@Injectable()
export class AccountTransferService {
  constructor(
    private readonly transfers: AccountTransferRepository,
    private readonly database: DatabaseService,
    private readonly settings: Settings,
    private readonly audit: AuditService,
  ) {}

  /**
   * An account from a record of a file.
   * @throws InvalidRequestError naming every field that cannot be taken
   */
  read(record: unknown, now: Date): AccountRecord {
    const rules: RecordRules = { region: this.settings.DEFAULT_REGION, now };
    return readAccountRecord(record, rules);
  }

  /** Hands over all accounts, some at a time, each a line of JSON, in the order of their numbers; all as they were at one moment. */
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
   * Stores the records of which nobody has anything yet, and puts each of these accounts on record; joins the caller's transaction.
   * @returns the others
   */
  async store(batch: readonly NumberedRecord[], origin: Origin): Promise<TakenRecord[]> {
    await this.transfers.beginBatch();
    const { free, taken } = await this.split(batch, false);
    const stored = free.length === 0 ? new Set<string>() : await this.transfers.insert(free.map(({ record }) => record));
    if (stored.size > 0) await this.audit.record({ ...origin, outcome: 'success', subjectId: [...stored] });
    // Somebody registered with it between the two statements.
    const lost = free.filter(({ record }) => !stored.has(record.id)).map(({ line }) => ({ line, fields: [] }));
    return [...taken, ...lost];
  }

  /** Runs `work`, which calls `rehearse`, and leaves nothing behind. */
  rehearsal<T>(work: () => Promise<T>): Promise<T> {
    return this.database.transaction(async () => {
      await this.transfers.beginRehearsal();
      return work();
    });
  }

  /** Which records `store` would not store, after those that were rehearsed before. */
  async rehearse(batch: readonly NumberedRecord[]): Promise<TakenRecord[]> {
    const { free, taken } = await this.split(batch, true);
    if (free.length > 0) await this.transfers.rehearse(free);
    return taken;
  }

  /** How far the import of a file has come; null when there is nothing to go on with. */
  findProgress(fileId: string): Promise<ImportProgress | null> {
    return this.transfers.findProgress(fileId);
  }

  /**
   * Notes how far an import is; joins the caller's transaction, so that it is neither behind nor ahead of what was stored.
   * @throws ImportUnderWayError
   */
  async saveProgress(fileId: string, formerRecords: number, { records, counts }: ImportProgress): Promise<void> {
    if (!(await this.transfers.saveProgress(fileId, formerRecords, records, counts))) throw new ImportUnderWayError();
  }

  /** Ends an import: the same file would be read from its beginning. */
  forgetProgress(fileId: string): Promise<void> {
    return this.transfers.forgetProgress(fileId);
  }

  /** To be called after many accounts were stored, outside of a transaction: searches are planned for the new size at once. */
  settle(): Promise<void> {
    return this.transfers.analyze();
  }

  /** Tells records that can be stored from those that have something of an account, or of a record before them. */
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
