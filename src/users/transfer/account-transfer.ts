import type { AuditEvent } from '../../audit/audit-event.js';
import type { AccountRecord } from './account-record.js';

/** An account to be stored, with its line in the file. */
export interface NumberedRecord {
  /** Line of the file. */
  line: number;
  record: AccountRecord;
}

/** How accounts stored in batches came into being, for the audit log. */
export type Origin = Pick<AuditEvent, 'details'> & { action: 'account.imported' | 'account.created' };

/** Fields whose values only one account can have. */
export const UNIQUE_FIELDS = ['id', 'number', 'username', 'email', 'mobile'] as const;
export type UniqueField = (typeof UNIQUE_FIELDS)[number];

/** A record that cannot be stored, because another account has one of its unique values. */
export interface TakenRecord {
  line: number;
  fields: UniqueField[];
}

/** Progress of an import. */
export interface ImportProgress {
  /** Number of processed records. */
  records: number;
  counts: ImportCounts;
}

/** How many records something was left out of or changed in. */
export interface CountedNote {
  kind: string;
  about: string;
  count: number;
  /** Lines of the first of them. */
  lines: number[];
}

/** Counts of the processed records by result. */
export interface ImportCounts {
  stored: number;
  /** Left out because another account has one of their unique values. */
  duplicates: number;
  /** Left out because they are not valid accounts. */
  bad: number;
  /** Left out on purpose: they are no accounts of people. Absent in the progress of older versions. */
  leftOut?: number;
  /** Number of valid records by hash family; `none` counts those without a password. */
  hashes: Record<string, number>;
  /** What was left out or changed, counted. Absent in the progress of older versions. */
  notes?: CountedNote[];
}
