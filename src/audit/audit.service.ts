import { Injectable } from '@nestjs/common';
import type { Caller } from '../common/caller.js';
import { DatabaseService } from '../database/database.service.js';

/** The acts that are put on record: `noun.verb`. */
export type AuditAction =
  | 'account.registered'
  | 'account.created'
  | 'email.verified'
  | 'email.verification_requested'
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
      [action, outcome, actorId ?? null, subjectId ?? null, caller?.ip ?? null, caller?.userAgent ?? null, caller?.requestId ?? null, details ?? {}],
    );
  }
}
