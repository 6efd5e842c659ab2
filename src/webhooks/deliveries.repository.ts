import { Injectable } from '@nestjs/common';
import { LessThan } from 'typeorm';
import { defined } from '../database/conditions.js';
import { DatabaseService } from '../database/database.service.js';
import { BATCH_ROWS, IN_ORDER_OF_INDEX } from '../database/old-rows.js';
import { Delivery, type DeliveryState } from './delivery.entity.js';

/** A delivery that belongs to one sender until its lease ends. */
export type ClaimedDelivery = Pick<Delivery, 'id' | 'endpointId' | 'eventId' | 'eventAt' | 'type' | 'version' | 'attempts'>;

/** What an attempt came to. */
export interface Settled extends Pick<
  Delivery,
  'id' | 'endpointId' | 'attempts' | 'state' | 'status' | 'error' | 'response' | 'durationMs'
> {
  /** Until the next attempt; null if there is none. */
  waitSeconds: number | null;
}

/** Deliveries that can be sent again: all, or those that an administrator names. */
export interface ReplayFilter {
  id?: string;
  eventId?: string | undefined;
  /** Of events at or after this time. */
  since?: Date | undefined;
  /** Of events before this time. */
  until?: Date | undefined;
}

/** The deliveries of all endpoints. All times are the database's. */
@Injectable()
export class DeliveriesRepository {
  constructor(private readonly database: DatabaseService) {}

  /**
   * Claims deliveries that are due, the longest waiting of each endpoint first. What another sender has claimed is passed over; what a dead
   * one has claimed is due again when its lease ends.
   * @param room how many of each endpoint, by its id
   */
  async claim(room: ReadonlyMap<string, number>, leaseSeconds: number): Promise<ClaimedDelivery[]> {
    return this.database.named<ClaimedDelivery>(
      'webhook-claim',
      `WITH room AS (SELECT * FROM unnest($1::uuid[], $2::int[]) AS given(endpoint_id, free)),
            due AS MATERIALIZED (
              SELECT waiting.endpoint_id, waiting.id FROM room CROSS JOIN LATERAL (
                SELECT w.endpoint_id, w.id FROM webhook_deliveries w
                WHERE w.endpoint_id = room.endpoint_id AND w.state IN ('pending', 'failed') AND w.next_at <= now()
                  AND (w.leased_until IS NULL OR w.leased_until <= now())
                ORDER BY w.next_at, w.id LIMIT room.free FOR UPDATE SKIP LOCKED) AS waiting)
       UPDATE webhook_deliveries d SET attempts = d.attempts + 1, leased_until = now() + make_interval(secs => $3)
       FROM due WHERE d.endpoint_id = due.endpoint_id AND d.id = due.id
       RETURNING d.id, d.endpoint_id AS "endpointId", d.event_id AS "eventId", d.event_at AS "eventAt", d.type, d.version, d.attempts`,
      [[...room.keys()], [...room.values()], leaseSeconds],
    );
  }

  /** Records what attempts came to, except those whose lease another sender has by now. */
  async settle(settled: readonly Settled[]): Promise<void> {
    await this.database.named(
      'webhook-settle',
      `UPDATE webhook_deliveries d
       SET state = done.state, status = done.status, error = done.error, response = done.response, duration_ms = done."durationMs",
           attempted_at = now(), leased_until = NULL,
           next_at = CASE WHEN done."waitSeconds" IS NULL THEN d.next_at ELSE now() + make_interval(secs => done."waitSeconds") END
       FROM jsonb_to_recordset($1::jsonb) AS done("endpointId" uuid, id bigint, attempts int, state text, status int, error text,
              response text, "durationMs" int, "waitSeconds" float8)
       WHERE d.endpoint_id = done."endpointId" AND d.id = done.id AND d.attempts = done.attempts AND d.state IN ('pending', 'failed')`,
      [JSON.stringify(settled)],
    );
  }

  /** Gives claimed deliveries back, as if they had not been claimed. */
  async release(claimed: readonly ClaimedDelivery[]): Promise<void> {
    await this.database.query(
      `UPDATE webhook_deliveries d SET attempts = d.attempts - 1, leased_until = NULL
       FROM jsonb_to_recordset($1::jsonb) AS given("endpointId" uuid, id bigint, attempts int)
       WHERE d.endpoint_id = given."endpointId" AND d.id = given.id AND d.attempts = given.attempts AND d.state IN ('pending', 'failed')`,
      [JSON.stringify(claimed)],
    );
  }

  /** The newest deliveries of an endpoint, older than the one with id `before`. */
  find(endpointId: string, { state }: { state?: DeliveryState | undefined }, limit: number, before?: string): Promise<Delivery[]> {
    return this.deliveries.find({
      where: defined({ endpointId, state, id: before === undefined ? undefined : LessThan(before) }),
      order: { id: 'DESC' },
      take: limit,
    });
  }

  findById(endpointId: string, id: string): Promise<Delivery | null> {
    return this.deliveries.findOneBy({ endpointId, id });
  }

  /**
   * Makes deliveries due now, with all attempts before them; one that is being sent at this moment stays as it is.
   * @returns their number
   */
  async replay(endpointId: string, states: readonly DeliveryState[], { id, eventId, since, until }: ReplayFilter): Promise<number> {
    const query = this.deliveries
      .createQueryBuilder()
      .update()
      .set({ state: 'pending', attempts: 0, nextAt: () => 'now()', leasedUntil: null })
      .where({ endpointId })
      .andWhere('state = ANY (:states) AND (leased_until IS NULL OR leased_until <= now())', { states });
    if (id !== undefined) query.andWhere('id = :id', { id });
    if (eventId !== undefined) query.andWhere('event_id = :eventId', { eventId });
    if (since !== undefined) query.andWhere('event_at >= :since', { since });
    if (until !== undefined) query.andWhere('event_at < :until', { until });
    return (await query.execute()).affected ?? 0;
  }

  /** Deletes all deliveries of an endpoint that is gone. */
  async deleteOf(endpointId: string): Promise<void> {
    await this.deliveries.delete({ endpointId });
  }

  /** Deletes a batch of deliveries that are settled and older than `days`, and one of those whose endpoint is gone. */
  async purge(days: number): Promise<void> {
    await this.database.transaction(async () => {
      await this.database.query(
        `SELECT ${IN_ORDER_OF_INDEX}, set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`,
      );
      await this.database.query(
        `WITH old AS MATERIALIZED (
           SELECT endpoint_id, id FROM webhook_deliveries
           WHERE state IN ('delivered', 'dead') AND created_at < now() - make_interval(days => $1)
           ORDER BY created_at LIMIT ${BATCH_ROWS} FOR UPDATE SKIP LOCKED)
         DELETE FROM webhook_deliveries d USING old WHERE d.endpoint_id = old.endpoint_id AND d.id = old.id`,
        [days],
      );
    });
  }

  /**
   * Deletes what waits since before `days`, for an endpoint that was disabled all the time or is gone: an event may have been recorded while
   * its endpoint was deleted.
   */
  async purgeForgotten(days: number): Promise<void> {
    await this.database.query(
      `DELETE FROM webhook_deliveries WHERE (endpoint_id, id) IN (
         SELECT endpoint_id, id FROM webhook_deliveries w
         WHERE state IN ('pending', 'failed') AND (leased_until IS NULL OR leased_until <= now())
           AND (created_at < now() - make_interval(days => $1) OR NOT EXISTS (SELECT FROM webhook_endpoints e WHERE e.id = w.endpoint_id))
         LIMIT ${BATCH_ROWS} FOR UPDATE SKIP LOCKED)`,
      [days],
    );
  }

  private get deliveries() {
    return this.database.repo(Delivery);
  }
}
