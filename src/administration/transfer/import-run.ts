import type { DatabaseService } from '../../database/database.service.js';
import type { ImportCounts, ImportProgress, NumberedRecord, TakenRecord } from '../../users/transfer/account-transfer.js';
import type { AccountTransferService } from '../../users/transfer/account-transfer.service.js';
import { checkAccount } from './account-check.js';
import type { AuthenticatorTransfer } from './authenticators/authenticator-transfer.service.js';
import type { CarriedAuthenticators } from './authenticators/carried-authenticators.js';
import type { CarriedIdentities } from './identities/carried-identities.js';
import type { IdentityTransfer, ReadIdentityMember } from './identities/identity-transfer.service.js';
import { type Note, NoteTally, isLoss, textOf } from './import-notes.js';
import type { ImportSource } from './import-source.js';
import type { FileRecord } from './user-file.js';
import type { ImportProblem, ImportRequest } from './user-import.js';

/** What moves the things that prove accounts beside their passwords. */
export interface ProofTransfers {
  authenticators: AuthenticatorTransfer;
  identities: IdentityTransfer;
  readIdentities: ReadIdentityMember;
}

/** Rolls back the current batch. */
export class DuplicateError extends Error {}

/** What is known of a batch before it is stored. */
interface Batch {
  records: NumberedRecord[];
  /** What proves the accounts beside their passwords, by their lines. */
  carried: Map<number, CarriedAuthenticators>;
  /** Their accounts at providers, by their lines. */
  identities: Map<number, CarriedIdentities>;
  problems: ImportProblem[];
  /** What is left out of or changed in each record, by its line. */
  notes: [line: number, note: Note][];
  counts: Required<ImportCounts>;
  tally: NoteTally;
}

/** One run of an import or of its dry run; it updates `progress` after each batch. */
export class ImportRun {
  private readonly now = new Date();

  constructor(
    private readonly request: ImportRequest,
    private readonly source: ImportSource,
    private readonly progress: ImportProgress & { counts: Required<ImportCounts> },
    /** The SHA-256 of the file, and the name under which the progress is stored; null in a dry run. */
    private readonly stored: { file: string; progressId: string } | null,
    private readonly transfers: AccountTransferService,
    private readonly proofs: ProofTransfers,
    private readonly database: DatabaseService,
  ) {}

  /** Processes a batch, all of it or nothing. @throws DuplicateError if a duplicate must end the import */
  async take(records: readonly FileRecord[]): Promise<void> {
    const { counts } = this.progress;
    const batch: Batch = {
      records: [],
      carried: new Map(),
      identities: new Map(),
      problems: [],
      notes: [],
      counts: { ...counts, hashes: { ...counts.hashes } },
      tally: new NoteTally(counts.notes),
    };
    for (const record of records) this.read(record, batch);
    const known = await this.proofs.authenticators.leaveOutKnown([...batch.carried.values()]);
    for (const [line, carried] of batch.carried) {
      for (const note of known.get(carried) ?? []) batch.notes.push([line, note]);
    }
    const linked = await this.proofs.identities.leaveOutKnown([...batch.identities.values()]);
    for (const [line, carried] of batch.identities) {
      for (const note of linked.get(carried) ?? []) batch.notes.push([line, note]);
    }
    const next = { records: this.progress.records + records.length, counts: batch.counts };
    const taken = await this.keep(batch, next);
    const problems = [...batch.problems, ...notesOfStored(batch, taken).flatMap(toReported), ...taken.flatMap(toProblems)];
    for (const problem of problems.toSorted((a, b) => a.line - b.line)) this.request.onProblem(problem);
    if (taken.length > 0 && this.request.onDuplicate === 'fail') throw new DuplicateError();
    Object.assign(this.progress, next);
  }

  /** Adds a record to the batch, or the reasons why it is left out. */
  private read({ line, value }: FileRecord, { records, carried, identities, problems, notes, counts, tally }: Batch): void {
    const converted = this.source.convert(value);
    if (converted.leftOutAs !== null) {
      counts.leftOut += 1;
      notes.push([line, { kind: 'account.left_out', about: converted.leftOutAs }]);
      return;
    }
    const links = this.proofs.readIdentities(converted.value, this.source.isLenient);
    const proofs = this.proofs.authenticators.read(links.record, this.request.factorsKey, this.source.isLenient);
    const account = checkAccount(proofs.record, (record) => this.transfers.read(record, this.now), this.source.isLenient);
    const faults = [...(Array.isArray(account) ? account : []), ...proofs.faults, ...links.faults];
    if (Array.isArray(account) || faults.length > 0) {
      counts.bad += 1;
      for (const fault of faults) {
        problems.push({ line, kind: 'bad', ...fault });
        tally.add(line, { kind: 'bad', about: [fault.field, fault.rule].filter((part) => part !== '').join(': ') });
      }
      return;
    }
    counts.hashes[account.family] = (counts.hashes[account.family] ?? 0) + 1;
    const { record } = account;
    if (proofs.carried !== null) {
      carried.set(line, proofs.carried);
      if (proofs.carried.mfaRequiredAt !== undefined) record.mfaRequiredAt = proofs.carried.mfaRequiredAt;
    }
    if (links.carried !== null) identities.set(line, links.carried);
    records.push({ line, record });
    for (const note of [...converted.notes, ...account.notes, ...proofs.notes, ...links.notes]) notes.push([line, note]);
  }

  /** Stores the records that can be stored and completes the counts in `next`. @returns the other records */
  private async keep(batch: Batch, next: ImportProgress): Promise<TakenRecord[]> {
    const { stored } = this;
    const { records, tally } = batch;
    const count = (taken: readonly TakenRecord[]): void => {
      next.counts.stored += records.length - taken.length;
      next.counts.duplicates += taken.length;
      for (const [line, note] of notesOfStored(batch, taken)) tally.add(line, note);
      for (const { line, fields } of taken) for (const about of fields) tally.add(line, { kind: 'duplicate', about });
      next.counts.notes = tally.toCounts();
    };
    if (stored === null) {
      const taken = await this.place(batch, (each) => this.transfers.rehearse(each));
      count(taken);
      return taken;
    }
    let taken: TakenRecord[] = [];
    const origin = { action: 'account.imported', details: { file: stored.file } } as const;
    const store = async (): Promise<void> => {
      taken = await this.place(batch, (each) => this.transfers.store(each, origin));
      if (taken.length > 0 && this.request.onDuplicate === 'fail') throw new DuplicateError();
      await this.proofs.authenticators.store(carriedOf(batch.carried, batch, taken));
      await this.proofs.identities.store(carriedOf(batch.identities, batch, taken));
      count(taken);
      await this.transfers.saveProgress(stored.progressId, this.progress.records, next);
    };
    await this.database.transaction(store).catch((error: unknown) => {
      if (!(error instanceof DuplicateError)) throw error;
    });
    return taken;
  }

  /** Puts the records of a batch; of a lenient source those, too, of which nothing but the number is taken. @returns the other records */
  private async place(
    { records, notes }: Batch,
    put: (records: readonly NumberedRecord[]) => Promise<TakenRecord[]>,
  ): Promise<TakenRecord[]> {
    const taken = await put(records);
    const isOnlyNumber = ({ fields }: TakenRecord): boolean => this.source.isLenient && fields.join() === 'number';
    const lines = new Set(taken.filter(isOnlyNumber).map(({ line }) => line));
    if (lines.size === 0) return taken;
    const again = records.filter(({ line }) => lines.has(line)).map(({ line, record }) => ({ line, record: { ...record, number: null } }));
    for (const line of lines) notes.push([line, { kind: 'number.taken', about: '' }]);
    return [...taken.filter(({ line }) => !lines.has(line)), ...(await put(again))];
  }
}

/** What proves the accounts that were stored. */
function carriedOf<Carried>(
  all: ReadonlyMap<number, Carried>,
  { records }: Batch,
  taken: readonly TakenRecord[],
): { userId: string; carried: Carried }[] {
  const left = new Set(taken.map(({ line }) => line));
  return records.flatMap(({ line, record }) => {
    const found = left.has(line) ? undefined : all.get(line);
    return found === undefined ? [] : [{ userId: record.id, carried: found }];
  });
}

/** The notes about records that are not duplicates. */
function notesOfStored({ notes }: Batch, taken: readonly TakenRecord[]): [line: number, note: Note][] {
  const lines = new Set(taken.map(({ line }) => line));
  return notes.filter(([line]) => !lines.has(line));
}

function toReported([line, note]: [line: number, note: Note]): ImportProblem[] {
  if (!isLoss(note)) return [];
  const kind = note.kind === 'account.left_out' ? 'left out' : 'changed';
  return [{ line, kind, field: '', rule: note.kind, detail: `Accounts like this ${textOf(note)}.` }];
}

function toProblems({ line, fields }: TakenRecord): ImportProblem[] {
  const detail = 'Another account has it, or a record before this one.';
  if (fields.length > 0) return fields.map((field) => ({ line, kind: 'duplicate', field, rule: 'taken', detail }));
  return [{ line, kind: 'duplicate', field: '', rule: 'taken', detail: 'Somebody registered with something of it at the same moment.' }];
}
