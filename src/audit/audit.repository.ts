import { Injectable } from '@nestjs/common';
import type { EventReader } from '../common/capability.js';
import { Catalogue } from '../common/catalogue.js';
import { DatabaseService } from '../database/database.service.js';
import { BATCH_ROWS, type DeletedBatch, IN_ORDER_OF_INDEX } from '../database/old-rows.js';
import type { Part } from '../database/part.js';
import { PAGE_ROWS } from '../database/row-pages.js';
import type { AuditEvent, AuditFilter, ExportedEvent, RecordedEvent } from './audit-event.js';

/** Months that there are partitions for besides the present one. */
const MONTHS_AHEAD = 2;

/** Advisory lock under which old events are deleted: of several nodes, one does it. */
const HOUSEKEEPING_LOCK = 'latchkey:audit-housekeeping';

/** How long dropping a month waits for those who write, ms: so long nobody else can put anything on record. */
const DROP_WAIT_MS = 200;

/** Name of the part of a statement that holds the events it puts on record. */
const RECORDED = 'recorded';

const COLUMNS = `id, occurred_at AS "occurredAt", action, outcome, actor_id AS "actorId", subject_id AS "subjectId", ip,
  user_agent AS "userAgent", request_id AS "requestId", details`;

/** The table `audit_events`, one partition a month. The database itself refuses to change or delete events but as it is done here. */
@Injectable()
export class AuditRepository {
  private readonly readers: readonly EventReader[];

  constructor(
    private readonly database: DatabaseService,
    catalogue: Catalogue,
  ) {
    this.readers = catalogue.eventReaders;
  }

  /**
   * The one place where events become rows, and where readers see them: the parts of a statement that does both.
   * @param of an earlier part of the statement, without a row of which nothing goes on record
   */
  parts(event: AuditEvent, of: string | null): Part[] {
    const readers = this.readers.filter(({ actions }) => actions === undefined || actions.includes(event.action));
    const sql = `INSERT INTO audit_events (action, outcome, actor_id, subject_id, ip, user_agent, request_id, details)
       SELECT $1::text, $2::text, $3::uuid, subject.id, $5::text, $6::text, $7::text, $8::jsonb
       FROM unnest($4::uuid[]) AS subject(id)${of === null ? '' : `, ${of}`}${readers.length === 0 ? '' : ' RETURNING *'}`;
    return [
      { as: RECORDED, sql, values: valuesOf(event) },
      ...readers.map((reader) => ({ as: reader.name, sql: reader.sql(RECORDED), values: [] })),
    ];
  }

  /** Puts an event on record by a statement of its own; joins the caller's transaction. */
  async insert(event: AuditEvent): Promise<void> {
    await this.database.together('audit', this.parts(event, null), 'SELECT');
  }

  /** The newest events that match, older than `after`. */
  find(filter: AuditFilter, limit: number, after?: { occurredAt: string; id: string }): Promise<RecordedEvent[]> {
    const values: unknown[] = [];
    const where = (Object.keys(CONDITIONS) as (keyof AuditFilter)[])
      .filter((name) => filter[name] !== undefined)
      .map((name) => CONDITIONS[name](`$${values.push(filter[name])}`));
    // Word for word that of an index.
    if (filter.action !== undefined && filter.outcome === 'failure') {
      where.push(`CASE outcome WHEN 'failure' THEN action END = $${values.push(filter.action)}`);
    }
    if (after !== undefined) {
      where.push(`(occurred_at, id) < ($${values.push(after.occurredAt)}::timestamptz, $${values.push(after.id)}::bigint)`);
    }
    return this.database.query<RecordedEvent>(
      `SELECT ${COLUMNS} FROM audit_events ${where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`}
       ORDER BY occurred_at DESC, id DESC LIMIT $${values.push(limit)}`,
      values,
    );
  }

  /** What happened to an account and what it did, after an event; the oldest first. */
  findPageOf(userId: string, after?: ExportedEvent & { id: string }): Promise<(ExportedEvent & { id: string })[]> {
    return this.database.query<ExportedEvent & { id: string }>(
      `SELECT id, occurred_at AS "occurredAt", action, outcome, actor_id = $1 AS "byYou",
              CASE WHEN coalesce(actor_id, $1) = $1 THEN ip END AS ip,
              CASE WHEN coalesce(actor_id, $1) = $1 THEN user_agent END AS "userAgent", details
       FROM audit_events
       WHERE (subject_id = $1 OR actor_id = $1) AND (occurred_at, id) > (coalesce($2::timestamptz, '-infinity'), $3::bigint)
       ORDER BY occurred_at, id LIMIT ${PAGE_ROWS}`,
      [userId, after?.occurredAt ?? null, after?.id ?? 0],
    );
  }

  /** Takes the addresses out of what an account did, and what strangers did to it, and out of the rest what was written about it. */
  async forget(userId: string): Promise<void> {
    await this.database.query(
      `UPDATE audit_events SET ip = NULL, user_agent = NULL
       WHERE (actor_id = $1 OR subject_id = $1 AND actor_id IS NULL) AND (ip IS NOT NULL OR user_agent IS NOT NULL)`,
      [userId],
    );
    await this.database.query(`UPDATE audit_events SET details = details - 'note' WHERE subject_id = $1 AND details ? 'note'`, [userId]);
  }

  /** Makes the partitions of this month and the next ones, where they are missing. */
  async makeMonths(): Promise<void> {
    await this.database.query(
      `SELECT make_audit_month(((now() AT TIME ZONE 'UTC') + make_interval(months => ahead))::date)
       FROM generate_series(0, $1::int) AS ahead`,
      [MONTHS_AHEAD],
    );
  }

  /** Drops the partitions of which every event is older than `days`. */
  async dropMonths(days: number): Promise<void> {
    const old = await this.database.query<{ name: string }>(
      `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
       WHERE i.inhparent = 'audit_events'::regclass AND c.relname ~ '^audit_events_\\d{4}_\\d{2}$'
         AND (to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month') AT TIME ZONE 'UTC' < now() - make_interval(days => $1)
       ORDER BY name`,
      [days],
    );
    for (const { name } of old) {
      await this.database.transaction(async () => {
        await this.database.query(`SET LOCAL lock_timeout = ${DROP_WAIT_MS}`);
        await this.database.query(`DROP TABLE IF EXISTS ${name}`);
      });
    }
  }

  /** Deletes some of the events older than `days`, from a time on, unless another node is at it. */
  purgeBatch(days: number, from: string): Promise<DeletedBatch> {
    return this.database.transaction(async () => {
      const [lock] = await this.database.query<{ mine: boolean }>(
        `SELECT pg_try_advisory_xact_lock(hashtext($1)) AS mine, set_config('latchkey.purges_audit', 'yes', true),
                ${IN_ORDER_OF_INDEX}, ${BY_KEY}`,
        [HOUSEKEEPING_LOCK],
      );
      if (lock?.mine !== true) return NOTHING;
      const [deleted] = await this.database.query<DeletedBatch>(
        `WITH old AS MATERIALIZED (
                SELECT occurred_at, id FROM audit_events WHERE occurred_at >= $2::timestamptz AND occurred_at < now() - make_interval(days => $1)
                ORDER BY occurred_at, id LIMIT ${BATCH_ROWS}),
              deleted AS (DELETE FROM audit_events WHERE (occurred_at, id) IN (SELECT occurred_at, id FROM old))
         SELECT count(*)::int AS rows, max(occurred_at)::text AS last FROM old`,
        [days, from],
      );
      return deleted ?? NOTHING;
    });
  }
}

function valuesOf({ action, outcome, actorId, subjectId, caller, details }: AuditEvent): unknown[] {
  return [
    action,
    outcome,
    actorId ?? null,
    subjectIds(subjectId),
    caller?.ip ?? null,
    caller?.userAgent ?? null,
    caller?.requestId ?? null,
    details ?? {},
  ];
}

function subjectIds(subjectId: AuditEvent['subjectId']): readonly (string | null)[] {
  return subjectId === undefined || subjectId === null || typeof subjectId === 'string' ? [subjectId ?? null] : subjectId;
}

/** To be selected in the transaction: events that are deleted are looked up one by one, not met on a walk through all. */
const BY_KEY = ['seqscan', 'hashjoin', 'mergejoin'].map((name) => `set_config('enable_${name}', 'off', true)`).join(', ');

const NOTHING: DeletedBatch = { rows: 0, last: null };

const CONDITIONS = {
  action: (value) => `action = ${value}`,
  outcome: (value) => `outcome = ${value}`,
  actorId: (value) => `actor_id = ${value}::uuid`,
  subjectId: (value) => `subject_id = ${value}::uuid`,
  from: (value) => `occurred_at >= ${value}::timestamptz`,
  to: (value) => `occurred_at < ${value}::timestamptz`,
} as const satisfies Record<keyof AuditFilter, (value: string) => string>;
