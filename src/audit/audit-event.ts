import type { Caller } from '../common/caller.js';

/** The acts that are put on record: `noun.verb`. */
export const AUDIT_ACTIONS = [
  'account.registered',
  'account.created',
  'account.activated',
  'account.updated',
  'account.disabled',
  'account.enabled',
  'account.deletion_requested',
  'account.deleted',
  'account.exported',
  'accounts.imported',
  'accounts.exported',
  'avatar.changed',
  'book.created',
  'book.updated',
  'book.deleted',
  'client.refused',
  'email.verified',
  'email.verification_requested',
  'email.change_requested',
  'email.changed',
  'email.change_undone',
  'mobile.changed',
  'mobile.removed',
  'mobile.verification_requested',
  'mobile.verified',
  'password.checked',
  'password.changed',
  'password.locked',
  'password.reset_forced',
  'password.reset_requested',
  'password.reset',
  'roles.changed',
  'session.opened',
  'session.refresh_refused',
  'session.ended',
  'sessions.ended',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

export const AUDIT_OUTCOMES = ['success', 'failure'] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/** Short facts such as `{ reason: 'auth.bad_credentials' }`. What somebody wrote about the account is a `note`: it goes with the account. */
export type AuditDetails = Readonly<Record<string, string | number | boolean | null>>;

/** Who did what to whom, and whether it worked. Never holds a secret, nor the identifier that somebody typed. */
export interface AuditEvent {
  action: AuditAction;
  outcome: AuditOutcome;
  actorId?: string | null;
  subjectId?: string | null;
  caller?: Caller | undefined;
  details?: AuditDetails;
}

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
