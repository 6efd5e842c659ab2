import type { ImportCounts } from '../../users/transfer/account-transfer.js';
import type { FactorsKey } from './authenticators/factors-key.js';
import type { NoteCount } from './import-notes.js';
import type { PeerName } from './peers/peers.js';
import type { FileForm } from './user-file.js';

/** An export of another system, read as that system writes it. */
export interface PeerForm {
  from: PeerName;
  /** The peer's own options; a second file is named by its path. */
  options: Readonly<Record<string, string>>;
  /** Fields that are stored in metadata although they may decide about rights or mean nothing here. */
  keep: readonly string[];
  /** Slugs of providers here by the names that the peer has for them; without one a provider of the same preset is taken. */
  providers: Readonly<Record<string, string>>;
}

/** Options of an import. */
export interface ImportRequest {
  path: string;
  form: FileForm | PeerForm;
  /** Opens the authenticators in the file; null leaves them out. */
  factorsKey: FactorsKey | null;
  /** Only report what an import would do, and store nothing. */
  dryRun: boolean;
  /** How to treat a record whose identifier, number or id another account has: `skip` leaves it out, `fail` ends the import. */
  onDuplicate: 'skip' | 'fail';
  onProblem: (problem: ImportProblem) => void;
  onProgress: (progress: { bytesRead: number; bytes: number; records: number }) => void;
}

/** Why a record was left out, or what was changed in it. Contains no value of the record. */
export interface ImportProblem {
  /** See `ImportReport.unit`. */
  line: number;
  kind: 'bad' | 'duplicate' | 'left out' | 'changed';
  /** Empty if the problem concerns the whole record. */
  field: string;
  /** Stable name of the rule, such as `email.invalid` or `taken`. */
  rule: string;
  detail: string;
}

/** Result of an import. */
export interface ImportReport extends Required<ImportCounts> {
  dryRun: boolean;
  /** False if a duplicate ended the import; earlier batches stay stored. */
  finished: boolean;
  records: number;
  /** What the numbers of problems and notes count: lines of the file, or in a JSON document its records. */
  unit: 'line' | 'record';
  /** Number of records that an earlier run had already processed; the counts include them. */
  resumedAfter: number;
  /** What was left out or changed. */
  notes: NoteCount[];
}
