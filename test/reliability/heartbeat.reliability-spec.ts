import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Settings } from '../../src/config/settings.js';
import type { DatabaseClock } from '../../src/database/feed/database-clock.js';
import { DatabaseFeed } from '../../src/database/feed/database-feed.service.js';
import { createDatabase } from '../support/databases.js';
import { poll } from '../support/poll.js';
import { TcpProxy } from '../support/tcp-proxy.js';

/** Advisory locks of this database; other tests have theirs in the same PostgreSQL. */
const LOCKS_HERE = `locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

/** Feeds of several nodes, which have nothing else of a server. */
describe('the heartbeat of a database', () => {
  let url: string;
  let observer: Client;
  /** What every listener of the channel receives: the database's time when each heartbeat was sent, and by which backend. */
  let beats: { at: number; pid: number }[];
  let feeds: DatabaseFeed[];
  let cables: TcpProxy[];

  const join = async (through = url): Promise<DatabaseFeed> => {
    const feed = new DatabaseFeed({ observe: () => {} } as unknown as DatabaseClock, { DATABASE_URL: through } as Settings);
    feed.subscribe({ channel: 'any', received: () => {}, catchUp: () => Promise.resolve() });
    feeds.push(feed);
    await feed.onApplicationBootstrap();
    await poll('a heartbeat', () => feed.healthy || undefined);
    return feed;
  };
  const more = async (count: number): Promise<{ at: number; pid: number }[]> => {
    const from = beats.length;
    return poll('heartbeats', () => (beats.length >= from + count ? beats.slice(from) : undefined));
  };
  /** Backends that hold the lock of a turn. */
  const holders = async (): Promise<number[]> =>
    (
      await observer.query<{ pid: number }>(
        `SELECT DISTINCT pid FROM pg_locks WHERE ${LOCKS_HERE} AND classid::bigint = hashtext('latchkey:beat')::bigint & 4294967295`,
      )
    ).rows.map(({ pid }) => pid);
  const portOf = async (pid: number): Promise<number | undefined> =>
    (await observer.query<{ port: number }>('SELECT client_port AS port FROM pg_stat_activity WHERE pid = $1', [pid])).rows[0]?.port;

  beforeEach(async () => {
    url = await createDatabase();
    [beats, feeds, cables] = [[], [], []];
    observer = new Client({ connectionString: url });
    await observer.connect();
    observer.on('notification', ({ payload, processId }) => beats.push({ at: Number(payload), pid: processId }));
    await observer.query('LISTEN latchkey_beat');
  });
  afterEach(async () => {
    await Promise.all(feeds.map((feed) => feed.stop()));
    for (const cable of cables) await cable.stop();
    await observer.end();
  });

  it('is one for all nodes, and each of them hears it', async () => {
    for (let node = 0; node < 5; node += 1) await join();
    const heard = await more(6);
    const turns = heard.map(({ at }) => Math.floor(at / 500));
    expect(new Set(turns).size).toBe(turns.length);
    const { at } = heard.at(-1) ?? { at: 0 };
    await poll('all to hear it', () => feeds.every((feed) => feed.completeUntil >= Math.floor(at)) || undefined);
    expect(feeds.every((feed) => feed.healthy)).toBe(true);
  });

  it('goes on when the connection of the node that beats is killed', async () => {
    for (let node = 0; node < 3; node += 1) await join();
    for (let round = 0; round < 3; round += 1) {
      const pid = (await more(1)).at(-1)?.pid;
      await observer.query('SELECT pg_terminate_backend($1)', [pid]);
      const from = beats.length;
      await poll('another one', () => beats.slice(from).some((beat) => beat.pid !== pid) || undefined);
      await poll('all nodes', () => feeds.every((feed) => feed.healthy) || undefined);
      expect(await holders()).not.toContain(pid);
    }
  });

  it('goes on when the node that beats hangs and keeps its connection; that node relies on nothing meanwhile', async () => {
    const cable = await TcpProxy.start(url);
    cables.push(cable);
    const cut = await join(cable.url);
    await more(2);
    const [pid = 0] = await holders();
    expect(cable.ports).toContain(await portOf(pid));
    const whole = await join();
    cable.swallow();
    const from = beats.length;
    await poll('another one', () => beats.slice(from).some((beat) => beat.pid !== pid) || undefined);
    // Its backend is still there, with the lock of a turn that is over.
    expect(await holders()).toContain(pid);
    await poll('silence', () => !cut.healthy || undefined);
    await more(2);
    await poll('the other node', () => whole.healthy || undefined);
    expect(cut.healthy).toBe(false);
    cable.heal();
    await poll('the return', () => cut.healthy || undefined);
  });

  it('is none when nobody can beat', async () => {
    const cable = await TcpProxy.start(url);
    cables.push(cable);
    for (let node = 0; node < 2; node += 1) await join(cable.url);
    cable.refuse();
    await poll('silence', () => feeds.every((feed) => !feed.healthy) || undefined);
    await poll('no turn to be taken', async () => (await holders()).length === 0 || undefined);
    expect(feeds.map((feed) => feed.healthy)).toEqual([false, false]);
    cable.heal();
    await poll('the return', () => feeds.every((feed) => feed.healthy) || undefined);
  });

  it('leaves no locks behind but that of the last turn', async () => {
    await join();
    await more(4);
    const { rows } = await observer.query<{ count: number }>(`SELECT count(*)::int AS count FROM pg_locks WHERE ${LOCKS_HERE}`);
    expect(rows[0]?.count).toBe(1);
  });
});
