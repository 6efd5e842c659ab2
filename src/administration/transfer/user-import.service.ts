import { stat } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { DatabaseService } from '../../database/database.service.js';
import type { ImportCounts, ImportProgress } from '../../users/transfer/account-transfer.js';
import { AccountTransferService } from '../../users/transfer/account-transfer.service.js';
import { AuthenticatorTransfer } from './authenticators/authenticator-transfer.service.js';
import { IdentityTransfer } from './identities/identity-transfer.service.js';
import { NoteTally, sortedNotes } from './import-notes.js';
import { DuplicateError, ImportRun } from './import-run.js';
import { type ImportSource, digestOf, openSource } from './import-source.js';
import type { FileRecord } from './user-file.js';
import type { ImportReport, ImportRequest } from './user-import.js';

/** Number of records in one transaction. */
const BATCH_RECORDS = 1_000;

const NO_COUNTS: Required<ImportCounts> = { stored: 0, duplicates: 0, bad: 0, leftOut: 0, hashes: {}, notes: [] };

/**
 * Imports files of accounts. Each batch is one transaction that also stores the progress: after any interruption, the next import of the
 * same file continues there. A file is recognised by its content (SHA-256), not by its name.
 */
@Injectable()
export class UserImportService {
  constructor(
    private readonly transfers: AccountTransferService,
    private readonly authenticators: AuthenticatorTransfer,
    private readonly identities: IdentityTransfer,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Imports a file, or with `dryRun` only reports what an import would do. The audit log gets an event for each account, with the SHA-256
   * of its file, and one with the counts for each run that ends.
   * @throws FileFormatError; ImportUnderWayError if another process is importing the file; errors of the file system
   */
  async run(request: ImportRequest): Promise<ImportReport> {
    const source = await openSource(request.path, request.form);
    try {
      return request.dryRun
        ? await this.transfers.rehearsal(() => this.read(request, source, null, null))
        : await this.store(request, source);
    } finally {
      source.close();
    }
  }

  private async store(request: ImportRequest, source: ImportSource): Promise<ImportReport> {
    await source.check();
    const [file, progressId] = [await digestOf(request.path), await source.digest()];
    const report = await this.read(request, source, { file, progressId }, await this.transfers.findProgress(progressId));
    const { finished, records, stored, duplicates, bad, leftOut, resumedAfter } = report;
    const from = 'from' in request.form ? request.form.from : null;
    await this.database.transaction(async () => {
      if (finished) await this.transfers.forgetProgress(progressId);
      await this.audit.record({
        action: 'accounts.imported',
        outcome: finished ? 'success' : 'failure',
        subjectId: null,
        details: { file, records, stored, duplicates, bad, leftOut, resumedAfter, from },
      });
    });
    await this.transfers.settle();
    return report;
  }

  private async read(
    request: ImportRequest,
    source: ImportSource,
    ids: { file: string; progressId: string } | null,
    done: ImportProgress | null,
  ): Promise<ImportReport> {
    const resumedAfter = done?.records ?? 0;
    const progress = { records: resumedAfter, counts: { ...NO_COUNTS, ...done?.counts } };
    const { size: bytes } = await stat(request.path);
    const names = 'from' in request.form ? request.form.providers : {};
    const proofs = {
      authenticators: this.authenticators,
      identities: this.identities,
      readIdentities: await this.identities.reader(names),
    };
    const run = new ImportRun(request, source, progress, ids, this.transfers, proofs, this.database);
    const toReport = (finished: boolean): ImportReport => {
      const notes = sortedNotes(new NoteTally(progress.counts.notes).toCounts());
      return { dryRun: request.dryRun, finished, records: progress.records, unit: source.unit, resumedAfter, ...progress.counts, notes };
    };
    let [batch, skipped]: [FileRecord[], number] = [[], 0];
    try {
      for await (const record of source.records()) {
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
      return toReport(false);
    }
    return toReport(true);
  }
}
