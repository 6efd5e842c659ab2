import type { ImportCounts } from '../../users/transfer/account-transfer.js';
import type { FileFormat } from './user-file.js';

/** How a file of accounts is to be imported. */
export interface ImportRequest {
  path: string;
  format: FileFormat;
  /** Only look what would become of it. */
  dryRun: boolean;
  /** What a record does whose identifiers, number or id somebody has: it is left out, or ends the import. */
  onDuplicate: 'skip' | 'fail';
  onProblem: (problem: ImportProblem) => void;
  onProgress: (progress: { bytesRead: number; bytes: number; records: number }) => void;
}

/** Why a record was left out. Holds no value of it. */
export interface ImportProblem {
  line: number;
  kind: 'bad' | 'duplicate';
  /** Empty when it is about the record as a whole. */
  field: string;
  /** Stable name of the rule: `email.invalid`, `taken`. */
  rule: string;
  detail: string;
}

/** What became of a file. */
export interface ImportReport extends ImportCounts {
  dryRun: boolean;
  /** False when a duplicate ended it; batches before it are stored. */
  finished: boolean;
  records: number;
  /** Records that an earlier run had done already; they are counted here, too. */
  resumedAfter: number;
}
