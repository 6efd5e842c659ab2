import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import type { EventReader } from '../common/capability.js';
import { Catalogue } from '../common/catalogue.js';
import type { AuditAction } from '../common/declared.js';
import { isPublic } from '../common/event-row.js';
import { defined } from '../database/conditions.js';
import { DatabaseService } from '../database/database.service.js';
import { BATCH_ROWS, type DeletedBatch, IN_ORDER_OF_INDEX } from '../database/old-rows.js';
import type { Part } from '../database/part.js';
import { PAGE_ROWS } from '../database/row-pages.js';
import type { AuditEvent, AuditFilter, EventKey, ExportedEvent, RecordedEvent } from './audit-event.js';
import { StoredEvent } from './stored-event.entity.js';

/** Number of future months that have a partition. */
const MONTHS_AHEAD = 2;

/** Advisory lock for deleting old events, so that only one node does it at a time. */
const HOUSEKEEPING_LOCK = 'latchkey:audit-housekeeping';

/** How long dropping a partition waits for writers, ms. Nobody else can record events during that time. */
const DROP_WAIT_MS = 200;

/** Name of the part of a statement that inserts the events. */
const RECORDED = 'recorded';

const NEWEST_FIRST = { 'event.occurredAt': 'DESC', 'event.id': 'DESC' } as const;

/** The table `audit_events`, with one partition per month. Triggers reject every change or deletion except those made here. */
@Injectable()
export class AuditRepository {
  private readonly readers: readonly EventReader[];

  constructor(
    private readonly database: DatabaseService,
    private readonly catalogue: Catalogue,
  ) {
    this.readers = catalogue.eventReaders;
  }

  /**
   * The parts of a statement that inserts the event and runs the capabilities' event readers. All events are inserted here.
   * @param of name of an earlier part of the statement; if that part returns no row, nothing is inserted
   */
  parts(event: AuditEvent, of: string | null): Part[] {
    const readers = this.readersOf(event.action);
    const sql = `INSERT INTO audit_events (action, outcome, actor_id, subject_id, ip, user_agent, request_id, details)
       SELECT $1::text, $2::text, $3::uuid, subject.id, $5::text, $6::text, $7::text, $8::jsonb
       FROM unnest($4::uuid[]) AS subject(id)${of === null ? '' : `, ${of}`}${readers.length === 0 ? '' : ' RETURNING *'}`;
    return [
      { as: RECORDED, sql, values: valuesOf(event) },
      ...readers.map((reader) => ({ as: reader.name, sql: reader.sql(RECORDED), values: [] })),
    ];
  }

  /** Records an event with a statement of its own; joins the caller's transaction. */
  async insert(event: AuditEvent): Promise<void> {
    await this.database.together('audit', this.parts(event, null), 'SELECT');
  }

  /** The events with these ids and times; those that are no longer on record are missing. */
  async findByKeys(keys: readonly EventKey[]): Promise<RecordedEvent[]> {
    // TypeORM would find every event without a condition.
    if (keys.length === 0) return [];
    // One by one, each in the partition of its time.
    return this.events.find({ where: keys.map(({ occurredAt, id }) => ({ occurredAt, id })) });
  }

  /** The newest matching events older than `after`. */
  find({ from, to, ...equal }: AuditFilter, limit: number, after?: { occurredAt: string; id: string }): Promise<RecordedEvent[]> {
    const { action, outcome } = equal;
    const query = this.events.createQueryBuilder('event').where(defined(equal)).orderBy(NEWEST_FIRST).limit(limit);
    if (from !== undefined) query.andWhere('event.occurredAt >= :from', { from });
    if (to !== undefined) query.andWhere('event.occurredAt < :to', { to });
    // The same expression as in the index `ix_audit_events_failed_action_time`; otherwise the planner cannot use the index.
    if (outcome === 'failure' && action !== undefined) {
      query.andWhere(`CASE event.outcome WHEN 'failure' THEN event.action END = :failed`, { failed: action });
    }
    if (after !== undefined) query.andWhere('(event.occurredAt, event.id) < (:occurredAt, :id)', after);
    return query.getMany();
  }

  /** Events after `after` in which the account acted or was acted on, oldest first. */
  async findPageOf(userId: string, after?: ExportedEvent & { id: string }): Promise<(ExportedEvent & { id: string })[]> {
    const query = this.events
      .createQueryBuilder('event')
      .where([{ subjectId: userId }, { actorId: userId }])
      .orderBy({ 'event.occurredAt': 'ASC', 'event.id': 'ASC' })
      .limit(PAGE_ROWS);
    if (after !== undefined)
      query.andWhere('(event.occurredAt, event.id) > (:occurredAt, :id)', { occurredAt: after.occurredAt, id: after.id });
    return (await query.getMany()).map((event) => toExported(event, userId));
  }

  /**
   * Deletes the client addresses from the account's own events and from anonymous callers' events about it, and the notes from all events
   * about it.
   */
  async forget(userId: string): Promise<void> {
    await this.events
      .createQueryBuilder()
      .update()
      .set({ ip: null, userAgent: null })
      .where([{ actorId: userId }, { subjectId: userId, actorId: IsNull() }])
      .andWhere('(ip IS NOT NULL OR user_agent IS NOT NULL)')
      .execute();
    await this.events
      .createQueryBuilder()
      .update()
      .set({ details: () => `details - 'note'` })
      .where({ subjectId: userId })
      .andWhere(`details ? 'note'`)
      .execute();
  }

  /** Creates the missing partitions of this month and the next ones. */
  async makeMonths(): Promise<void> {
    await this.database.query(
      `SELECT make_audit_month(((now() AT TIME ZONE 'UTC') + make_interval(months => ahead))::date)
       FROM generate_series(0, $1::int) AS ahead`,
      [MONTHS_AHEAD],
    );
  }

  /** Drops the partitions in which every event is older than `days`. */
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

  /** Deletes a batch of events older than `days`, beginning at the time `from`. Does nothing while another node deletes. */
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

  private readersOf(action: AuditAction): EventReader[] {
    const isTold = isPublic(this.catalogue.events[action]);
    return this.readers.filter(({ actions }) => actions === undefined || (actions === 'public' ? isTold : actions.includes(action)));
  }

  private get events() {
    return this.database.repo(StoredEvent);
  }
}

/** Includes the client's address only if the account itself or an anonymous caller acted. */
function toExported(
  { id, occurredAt, action, outcome, actorId, details, ...event }: StoredEvent,
  userId: string,
): ExportedEvent & { id: string } {
  const byYou = actorId === null ? null : actorId === userId;
  const { ip, userAgent } = byYou === false ? { ip: null, userAgent: null } : event;
  return { id, occurredAt, action, outcome, byYou, ip, userAgent, details };
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

/** Settings for the transaction: the planner must look up the deleted events by key instead of scanning all events. */
const BY_KEY = ['seqscan', 'hashjoin', 'mergejoin'].map((name) => `set_config('enable_${name}', 'off', true)`).join(', ');

const NOTHING: DeletedBatch = { rows: 0, last: null };
