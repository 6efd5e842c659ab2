import type { AuditEvent } from '../../audit/audit-event.js';
import type { AccountRecord } from './account-record.js';

/** An account to be stored, and where it comes from. */
export interface NumberedRecord {
  /** Line of the file. */
  line: number;
  record: AccountRecord;
}

/** How accounts that are stored by the thousand came into being, for the audit log. */
export type Origin = Pick<AuditEvent, 'details'> & { action: 'account.imported' | 'account.created' };

/** What only one account can have. */
export const UNIQUE_FIELDS = ['id', 'number', 'username', 'email', 'mobile'] as const;
export type UniqueField = (typeof UNIQUE_FIELDS)[number];

/** A record that cannot be stored, as another account has something of it. */
export interface TakenRecord {
  line: number;
  fields: UniqueField[];
}

/** How far an import has come. */
export interface ImportProgress {
  /** Records of the file that are done. */
  records: number;
  counts: ImportCounts;
}

/** What became of the records that are done. */
export interface ImportCounts {
  stored: number;
  /** Left out: another account has something of them. */
  duplicates: number;
  /** Left out: not accounts, or not ones that can be taken. */
  bad: number;
  /** Of the records that can be taken, how many have hashes of which family; `none` without a password. */
  hashes: Record<string, number>;
}
