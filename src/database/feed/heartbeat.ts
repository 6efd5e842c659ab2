import { pause } from '../../common/pause.js';
import type { DatabaseClock } from './database-clock.js';
import { ANSWER_MS, type FeedQuery, within } from './feed-query.js';

/** Channel of the heartbeat that all nodes of a database share. */
export const BEAT_CHANNEL = 'latchkey_beat';

/** Length of a turn, ms. Each turn has one heartbeat at most, whichever node sends it. */
const TURN_MS = 500;

/**
 * Silence after which another node tries to take the next turn, ms: longer than a turn, and soon enough for a heartbeat within 1.5 s. Every
 * node waits a random part of `JITTER_MS` more, so that a thousand of them do not ask at the same moment.
 */
const PATIENCE_MS = 600;
const JITTER_MS = 300;

/** How often a node compares its clock with the database's while others beat, ms. */
const COMPARE_MS = 5_000;

/** A heartbeat that seems older than this, ms, may mean that a clock was set: the node compares the clocks again before it believes it. */
const ODD_AGE_MS = 1_000;

/** If this node's two clocks move apart by more than this, ms, one was set or the machine slept. */
const STEP_MS = 100;

const NOT_DELIVERED = 'Notifications do not arrive. DATABASE_DIRECT_URL must lead to PostgreSQL itself, not to a pooler';

/**
 * Takes the turn of this moment, by the database's clock, if nobody else has, and then beats: the lock of a turn is taken once. $2 is the
 * turn whose lock this session still holds; it gives that back. The time is read before the message is sent.
 */
const TAKE_TURN = `
  WITH moment AS MATERIALIZED (SELECT clock_timestamp() AS at, hashtext('latchkey:beat') AS locks),
       turn AS MATERIALIZED (
         SELECT at, locks, mod(floor(extract(epoch FROM at) * 1000 / ${TURN_MS})::bigint, 1000000000)::int AS number FROM moment),
       taken AS MATERIALIZED (
         SELECT *, CASE WHEN number = $2::int THEN true ELSE pg_try_advisory_lock(locks, number) END AS mine FROM turn)
  SELECT mine, number, (extract(epoch FROM at) * 1000)::float8 AS now,
         CASE WHEN mine THEN pg_notify($1, (extract(epoch FROM at) * 1000)::float8::text) END,
         CASE WHEN number <> $2::int THEN pg_advisory_unlock(locks, $2::int) END
  FROM taken`;

/** A comparison of the clocks. The database read its time after `sentAt`. */
interface Comparison {
  /** By this node's monotonic clock, ms. */
  sentAt: number;
  /** The database's time, ms since 1970. */
  database: number;
  /** Difference of this node's two clocks, ms. */
  wallAhead: number;
}

/** A heartbeat that arrived: when it was sent at the earliest, ms, by this node's monotonic clock and by the database's. */
export interface Beat {
  sentAt: number;
  database: number;
}

/**
 * One heartbeat for all nodes of a database, every half second, seen from one connection.
 *
 * A heartbeat wakes every node that listens, so nodes that each sent their own would cost the database the square of their number. The node
 * that took the last turn takes the next one; the others try only when they hear nothing. Nobody holds the office: a node that dies, hangs
 * or loses its cable holds the lock of a turn that is over. Two nodes that both believe to be the one that beats meet at the next turn,
 * which one of them gets; a heartbeat too many would prove the same as any other.
 *
 * A heartbeat of another node says when it was sent by the database's clock. The node translates that into its own clock by its last
 * comparison of the two, always to the earlier side, so that one that was long under way counts as old. It believes none while an answer is
 * outstanding, which every longer silence makes it ask for: a connection that loses answers loses messages, too.
 */
export class Heartbeat {
  /** Turn whose lock this session holds. */
  private turn: number | null = null;
  private compared: Comparison | undefined;
  private comparing: Promise<void> | undefined;
  /** Statements without an answer yet. */
  private asking = 0;
  /** When the last heartbeat arrived, when it was sent by the database's clock, and which one was believed last. */
  private arrivedAt = performance.now();
  private latest = 0;
  private told = 0;
  private onArrival: (() => void) | undefined;

  /**
   * @param query on the connection that listens to `BEAT_CHANNEL`
   * @param believed called with every heartbeat whose age is known
   * @param failed called when the connection is of no use any more
   * @param rest waits; tests have a clock of their own
   */
  constructor(
    private readonly query: FeedQuery,
    private readonly clock: DatabaseClock,
    private readonly believed: (beat: Beat) => void,
    private readonly failed: (error: Error) => void,
    private readonly rest = pause,
  ) {}

  /** Takes turns, or watches those who do, until `over`. @throws Error if the database does not answer or delivers no messages */
  async keepGoing(over: AbortSignal): Promise<void> {
    await this.compare();
    this.arrivedAt = performance.now();
    while (!over.aborted) {
      const startedAt = performance.now();
      const sent = await this.takeTurn();
      if (sent === undefined) {
        // A message that waited in the socket was read before the answer.
        if (performance.now() - this.arrivedAt > ANSWER_MS) throw new Error(NOT_DELIVERED);
        await this.watch(over);
      } else {
        await within(ANSWER_MS, NOT_DELIVERED, this.arrivalOf(sent));
        await this.rest(Math.max(0, TURN_MS - (performance.now() - startedAt)), over);
      }
    }
  }

  /** Takes the message of a heartbeat. */
  receive(payload: string): void {
    const database = Number(payload);
    if (!(database > 0)) return;
    this.arrivedAt = performance.now();
    this.latest = database;
    this.onArrival?.();
    this.believe();
  }

  /** Passes on the latest heartbeat, or first compares the clocks once more if it has an odd age. */
  private believe(): void {
    const { compared, latest: database } = this;
    if (this.asking > 0 || compared === undefined || database === this.told) return;
    const now = performance.now();
    const sentAt = compared.sentAt + (database - compared.database);
    // In the future: the database's clock was set.
    const isOff = sentAt > now || Math.abs(Date.now() - now - compared.wallAhead) > STEP_MS;
    if ((isOff || now - sentAt > ODD_AGE_MS) && compared.sentAt < this.arrivedAt) return void this.compare().catch(this.failed);
    if (isOff) return;
    this.told = database;
    this.believed({ sentAt, database });
  }

  /** Returns when no heartbeat has come for a while. */
  private async watch(over: AbortSignal): Promise<void> {
    const patience = PATIENCE_MS + Math.random() * JITTER_MS;
    const since = performance.now();
    for (;;) {
      const left = Math.max(this.arrivedAt, since) + patience - performance.now();
      if (over.aborted || left <= 0) return;
      if (performance.now() - (this.compared?.sentAt ?? 0) > COMPARE_MS) await this.compare();
      await this.rest(left, over);
    }
  }

  /** @returns the database's time in the heartbeat that this node sent; undefined if another node has the turn */
  private async takeTurn(): Promise<number | undefined> {
    const { mine, number, now } = await this.ask<{ mine: boolean; number: number; now: number }>(TAKE_TURN, [BEAT_CHANNEL, this.turn]);
    this.turn = mine ? number : null;
    return mine ? now : undefined;
  }

  private arrivalOf(sent: number): Promise<void> {
    return new Promise((resolve) => {
      this.onArrival = () => {
        if (this.latest >= sent) resolve();
      };
      this.onArrival();
    });
  }

  /** Compares this node's clock with the database's; calls at the same time share one comparison. */
  private compare(): Promise<void> {
    this.comparing ??= this.ask('SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now')
      .then(() => {})
      .finally(() => (this.comparing = undefined));
    return this.comparing;
  }

  /** Runs a statement whose row has the database's time, and compares the clocks by it. */
  private async ask<Row extends { now: number }>(sql: string, values: readonly unknown[] = []): Promise<Row> {
    const sentAt = performance.now();
    this.asking += 1;
    // A failure ends the connection: nothing is believed on it any more.
    const [row] = await this.query<Row>(sql, values);
    this.asking -= 1;
    if (row === undefined) throw new Error('The database said nothing');
    const now = performance.now();
    this.compared = { sentAt, database: row.now, wallAhead: Date.now() - now };
    this.clock.observe(row.now, sentAt, now);
    this.believe();
    return row;
  }
}
