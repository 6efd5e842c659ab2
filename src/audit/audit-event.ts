import type { Caller } from '../common/caller.js';
import type { AuditAction } from '../common/declared.js';

/**
 * Every action that the capabilities declare. `AuditModule` fills the array, because validation decorators need it before dependency
 * injection.
 */
export const AUDIT_ACTIONS: AuditAction[] = [];

export const AUDIT_OUTCOMES = ['success', 'failure'] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/**
 * Short facts such as `{ reason: 'auth.bad_credentials' }`. Free text about the account belongs in `note`, which is deleted with the
 * account.
 */
export type AuditDetails = Readonly<Record<string, string | number | boolean | null>>;

/** Who acted and whether the act succeeded. Never contains secrets, nor the identifier that a caller typed. */
interface Act {
  action: AuditAction;
  /** The account that acted; absent or null for an anonymous caller or the server itself. */
  actorId?: string | null;
  caller?: Caller | undefined;
  details?: AuditDetails;
}

/** A successful act names its subject, the account or book acted on; null if there is no single one. */
interface Success extends Act {
  outcome: 'success';
  /** An array records one event per subject, for an act on many accounts. */
  subjectId: string | readonly string[] | null;
}

/** A failed act may have no existing subject. */
interface Failure extends Act {
  outcome: 'failure';
  subjectId?: string | null;
}

/** Who did what to which account, and whether the act succeeded. */
export type AuditEvent = Success | Failure;

/** What identifies a recorded event. The table is partitioned by time, so that an id alone is searched for everywhere. */
export type EventKey = Pick<RecordedEvent, 'id' | 'occurredAt'>;

/** A recorded event. */
export interface RecordedEvent {
  /** An increasing number; a string, because the column is an int8. */
  id: string;
  occurredAt: Date;
  action: AuditAction;
  outcome: AuditOutcome;
  /** The account that acted; null for an anonymous caller or the server itself. */
  actorId: string | null;
  /** The account that was acted on. */
  subjectId: string | null;
  ip: string | null;
  userAgent: string | null;
  requestId: string | null;
  details: AuditDetails;
}

/** An event as exported to the account that it concerns. */
export interface ExportedEvent extends Pick<RecordedEvent, 'occurredAt' | 'action' | 'outcome' | 'details'> {
  /** Whether the account itself acted; null for an anonymous caller or the server itself. */
  byYou: boolean | null;
  /** The client's address; null when another account acted. */
  ip: string | null;
  userAgent: string | null;
}

/** A filter; an event must meet all given conditions. */
export interface AuditFilter {
  action?: AuditAction | undefined;
  outcome?: AuditOutcome | undefined;
  actorId?: string | undefined;
  subjectId?: string | undefined;
  /** Inclusive. */
  from?: Date | undefined;
  /** Exclusive. */
  to?: Date | undefined;
}
