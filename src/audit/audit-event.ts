import type { Caller } from '../common/caller.js';
import type { AuditAction } from '../common/declared.js';

/** Every action that the capabilities declare; `AuditModule` fills it, for validators stand in decorators. */
export const AUDIT_ACTIONS: AuditAction[] = [];

export const AUDIT_OUTCOMES = ['success', 'failure'] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/** Short facts such as `{ reason: 'auth.bad_credentials' }`. What somebody wrote about the account is a `note`: it goes with the account. */
export type AuditDetails = Readonly<Record<string, string | number | boolean | null>>;

/** Who did what, and whether it worked. Never holds a secret, nor the identifier that somebody typed. */
interface Act {
  action: AuditAction;
  /** The account that acted; none for somebody not signed in, and for the server itself. */
  actorId?: string | null;
  caller?: Caller | undefined;
  details?: AuditDetails;
}

/** An act that worked names its subject: what it was done to; null when that is no single account or book. */
interface Success extends Act {
  outcome: 'success';
  /** Several, for one act on many: each gets an event of its own. */
  subjectId: string | readonly string[] | null;
}

/** What failed may have no subject that exists. */
interface Failure extends Act {
  outcome: 'failure';
  subjectId?: string | null;
}

/** Who did what to whom, and whether it worked. */
export type AuditEvent = Success | Failure;

/** An event as it is on record. */
export interface RecordedEvent {
  /** A number that grows; of int8, so as text. */
  id: string;
  occurredAt: Date;
  action: AuditAction;
  outcome: AuditOutcome;
  /** Who acted; null for somebody not signed in, and for the server itself. */
  actorId: string | null;
  /** The account that it was done to. */
  subjectId: string | null;
  ip: string | null;
  userAgent: string | null;
  requestId: string | null;
  details: AuditDetails;
}

/** An event as it is told to the account that it is about. */
export interface ExportedEvent extends Pick<RecordedEvent, 'occurredAt' | 'action' | 'outcome' | 'details'> {
  /** Whether the account itself acted; null when nobody was signed in. */
  byYou: boolean | null;
  /** Where the request came from; null when somebody else acted. */
  ip: string | null;
  userAgent: string | null;
}

/** Which events: those for which all of it holds. */
export interface AuditFilter {
  action?: AuditAction | undefined;
  outcome?: AuditOutcome | undefined;
  actorId?: string | undefined;
  subjectId?: string | undefined;
  /** Not before. */
  from?: Date | undefined;
  /** Before. */
  to?: Date | undefined;
}
