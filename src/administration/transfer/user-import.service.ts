import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { inspectHash } from '../../auth/passwords/foreign-hashes/hash-families.js';
import { InvalidRequestError } from '../../common/errors.js';
import { DatabaseService } from '../../database/database.service.js';
import type { AccountRecord } from '../../users/transfer/account-record.js';
import type { ImportProgress, NumberedRecord, TakenRecord } from '../../users/transfer/account-transfer.js';
import { AccountTransferService } from '../../users/transfer/account-transfer.service.js';
import { type FileRecord, readRecords } from './user-file.js';
import type { ImportProblem, ImportReport, ImportRequest } from './user-import.js';

/** Records of one transaction. */
const BATCH_RECORDS = 1_000;

/** Undoes the batch under way. */
class DuplicateError extends Error {}

/**
 * Imports files of accounts. Each batch is one transaction, together with the note how far the file is: whatever ends an import, the
 * next one of the same file goes on where it was. Whether a file is the same, its content says.
 */
@Injectable()
export class UserImportService {
  constructor(
    private readonly transfers: AccountTransferService,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Imports a file, or says what would become of it. Each account goes on record with the SHA-256 of its file, and so does each run that
   * ends, with counts.
   * @throws FileFormatError; ImportUnderWayError when another process imports it; errors of the file system
   */
  async run(request: ImportRequest): Promise<ImportReport> {
    if (request.dryRun) return this.transfers.rehearsal(() => this.read(request, null, null));
    const fileId = await digestOf(request.path);
    const report = await this.read(request, fileId, await this.transfers.findProgress(fileId));
    const { finished, records, stored, duplicates, bad, resumedAfter } = report;
    await this.database.transaction(async () => {
      if (finished) await this.transfers.forgetProgress(fileId);
      await this.audit.record({
        action: 'accounts.imported',
        outcome: finished ? 'success' : 'failure',
        subjectId: null,
        details: { file: fileId, records, stored, duplicates, bad, resumedAfter },
      });
    });
    await this.transfers.settle();
    return report;
  }

  private async read(request: ImportRequest, fileId: string | null, done: ImportProgress | null): Promise<ImportReport> {
    const resumedAfter = done?.records ?? 0;
    const progress: ImportProgress = done ?? { records: 0, counts: { stored: 0, duplicates: 0, bad: 0, hashes: {} } };
    const { size: bytes } = await stat(request.path);
    const run = new ImportRun(request, progress, fileId, this.transfers, this.database);
    let [batch, skipped]: [FileRecord[], number] = [[], 0];
    try {
      for await (const record of readRecords(request.path, request.format)) {
        if (skipped < resumedAfter) {
          skipped += 1;
          continue;
        }
        batch.push(record);
        if (batch.length < BATCH_RECORDS) continue;
        await run.take(batch);
        request.onProgress({ bytesRead: record.bytesRead, bytes, records: progress.records });
        batch = [];
      }
      if (batch.length > 0) await run.take(batch);
      request.onProgress({ bytesRead: bytes, bytes, records: progress.records });
    } catch (error) {
      if (!(error instanceof DuplicateError)) throw error;
      return { dryRun: request.dryRun, finished: false, records: progress.records, resumedAfter, ...progress.counts };
    }
    return { dryRun: request.dryRun, finished: true, records: progress.records, resumedAfter, ...progress.counts };
  }
}

/** One run of an import, or of its rehearsal; `progress` moves along. */
class ImportRun {
  private readonly now = new Date();

  constructor(
    private readonly request: ImportRequest,
    private readonly progress: ImportProgress,
    /** Null in a rehearsal. */
    private readonly fileId: string | null,
    private readonly transfers: AccountTransferService,
    private readonly database: DatabaseService,
  ) {}

  /** Does a batch: all of it, or nothing. @throws DuplicateError when the import is to end */
  async take(batch: readonly FileRecord[]): Promise<void> {
    const problems: ImportProblem[] = [];
    const hashes = { ...this.progress.counts.hashes };
    const records: NumberedRecord[] = [];
    for (const { line, value } of batch) {
      const outcome = this.check(value);
      if (Array.isArray(outcome)) {
        problems.push(...outcome.map((problem): ImportProblem => ({ line, kind: 'bad', ...problem })));
        continue;
      }
      hashes[outcome.family] = (hashes[outcome.family] ?? 0) + 1;
      records.push({ line, record: outcome.record });
    }
    const next = { records: this.progress.records + batch.length, counts: { ...this.progress.counts, hashes } };
    next.counts.bad += batch.length - records.length;
    const taken = await this.keep(records, next);
    for (const problem of [...problems, ...taken.flatMap(toProblems)].toSorted((a, b) => a.line - b.line)) this.request.onProblem(problem);
    if (taken.length > 0 && this.request.onDuplicate === 'fail') throw new DuplicateError();
    Object.assign(this.progress, next);
  }

  /** Stores what can be stored and fills in how many that were. @returns the others */
  private async keep(records: readonly NumberedRecord[], next: ImportProgress): Promise<TakenRecord[]> {
    const { fileId } = this;
    const count = (taken: readonly TakenRecord[]): void => {
      next.counts.stored += records.length - taken.length;
      next.counts.duplicates += taken.length;
    };
    if (fileId === null) {
      const taken = await this.transfers.rehearse(records);
      count(taken);
      return taken;
    }
    let taken: TakenRecord[] = [];
    const store = async (): Promise<void> => {
      taken = await this.transfers.store(records, { action: 'account.imported', details: { file: fileId } });
      if (taken.length > 0 && this.request.onDuplicate === 'fail') throw new DuplicateError();
      count(taken);
      await this.transfers.saveProgress(fileId, this.progress.records, next);
    };
    await this.database.transaction(store).catch((error: unknown) => {
      if (!(error instanceof DuplicateError)) throw error;
    });
    return taken;
  }

  /** What a record says, or why it cannot be taken. */
  private check(value: unknown): { record: AccountRecord; family: string } | Pick<ImportProblem, 'field' | 'rule' | 'detail'>[] {
    if (value === undefined) return [{ field: '', rule: 'line.unreadable', detail: 'This line cannot be read.' }];
    try {
      const record = this.transfers.read(value, this.now);
      if (record.passwordHash === null) return { record, family: 'none' };
      const hash = inspectHash(record.passwordHash);
      if (hash?.supported === true) return { record, family: hash.family };
      const detail =
        hash === null ? 'No such notation of password hashes is known.' : `The ${hash.family} hash cannot be used: ${hash.reason}.`;
      return [{ field: 'passwordHash', rule: 'hash.unusable', detail }];
    } catch (error) {
      if (!(error instanceof InvalidRequestError)) throw error;
      return error.problems.map(({ pointer, rule, detail }) => ({ field: pointer.slice(1), rule, detail }));
    }
  }
}

function toProblems({ line, fields }: TakenRecord): ImportProblem[] {
  const detail = 'Another account has it, or a record before this one.';
  if (fields.length > 0) return fields.map((field) => ({ line, kind: 'duplicate', field, rule: 'taken', detail }));
  return [{ line, kind: 'duplicate', field: '', rule: 'taken', detail: 'Somebody registered with something of it at the same moment.' }];
}

/** SHA-256 of a file, hexadecimal. */
async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest('hex');
}
