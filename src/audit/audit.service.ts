import { Injectable } from '@nestjs/common';
import type { Caller } from '../common/caller.js';
import { DatabaseService } from '../database/database.service.js';
import { PAGE_ROWS, inPages } from '../database/row-pages.js';

/** The acts that are put on record: `noun.verb`. */
export type AuditAction =
  | 'account.registered'
  | 'avatar.changed'
  | 'account.created'
  | 'account.activated'
  | 'account.updated'
  | 'account.deletion_requested'
  | 'account.deleted'
  | 'account.exported'
  | 'book.created'
  | 'book.updated'
  | 'book.deleted'
  | 'client.refused'
  | 'email.verified'
  | 'email.verification_requested'
  | 'email.change_requested'
  | 'email.changed'
  | 'email.change_undone'
  | 'mobile.changed'
  | 'mobile.removed'
  | 'mobile.verification_requested'
  | 'mobile.verified'
  | 'password.checked'
  | 'password.changed'
  | 'password.locked'
  | 'password.reset_requested'
  | 'password.reset'
  | 'session.opened'
  | 'session.refresh_refused'
  | 'session.ended'
  | 'sessions.ended';

/** Who did what to whom, and whether it worked. Never holds a secret, nor the identifier that somebody typed. */
export interface AuditEvent {
  action: AuditAction;
  outcome: 'success' | 'failure';
  actorId?: string | null;
  subjectId?: string | null;
  caller?: Caller | undefined;
  /** Short facts such as `{ reason: 'auth.bad_credentials' }`. */
  details?: Readonly<Record<string, string | number | boolean | null>>;
}

/** An event as it is told to the account that it is about. */
export interface ExportedEvent {
  occurredAt: Date;
  action: AuditAction;
  outcome: AuditEvent['outcome'];
  /** Whether the account itself acted; null when nobody was signed in. */
  byYou: boolean | null;
  /** Where the request came from; null when somebody else acted. */
  ip: string | null;
  userAgent: string | null;
  details: NonNullable<AuditEvent['details']>;
}

/** The append-only record of every authentication and administrative act. */
@Injectable()
export class AuditService {
  constructor(private readonly database: DatabaseService) {}

  /** Joins the caller's transaction: what is rolled back is not on record. */
  async record({ action, outcome, actorId, subjectId, caller, details }: AuditEvent): Promise<void> {
    await this.database.named(
      'audit',
      `INSERT INTO audit_events (action, outcome, actor_id, subject_id, ip, user_agent, request_id, details)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        action,
        outcome,
        actorId ?? null,
        subjectId ?? null,
        caller?.ip ?? null,
        caller?.userAgent ?? null,
        caller?.requestId ?? null,
        details ?? {},
      ],
    );
  }

  /** What happened to an account and what it did, the oldest first. */
  async *exportFor(userId: string): AsyncGenerator<ExportedEvent, void> {
    const rows = inPages<ExportedEvent & { id: string }>((last) =>
      this.database.query(
        `SELECT id, occurred_at AS "occurredAt", action, outcome, actor_id = $1 AS "byYou",
                CASE WHEN coalesce(actor_id, $1) = $1 THEN ip END AS ip,
                CASE WHEN coalesce(actor_id, $1) = $1 THEN user_agent END AS "userAgent", details
         FROM audit_events WHERE (subject_id = $1 OR actor_id = $1) AND id > $2 ORDER BY id LIMIT ${PAGE_ROWS}`,
        [userId, last?.id ?? 0],
      ),
    );
    for await (const { id: _, ...event } of rows) yield event;
  }

  /**
   * Leaves of an account that goes nothing but its id; joins the caller's transaction. An administrator's address stays with what
   * the administrator did to it.
   */
  async forget(userId: string): Promise<void> {
    await this.database.query(
      `UPDATE audit_events SET ip = NULL, user_agent = NULL
       WHERE (actor_id = $1 OR subject_id = $1 AND actor_id IS NULL) AND (ip IS NOT NULL OR user_agent IS NOT NULL)`,
      [userId],
    );
  }
}
