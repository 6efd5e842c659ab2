import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DatabaseFeed } from '../../src/database/feed/database-feed.service.js';
import { MAX_STREAMS, RevocationStreams } from '../../src/tokens/oauth/revocation-streams.service.js';
import { RevocationsService } from '../../src/tokens/access-tokens/revocations.service.js';
import { signedIn } from '../support/accounts.js';
import { createDatabase } from '../support/databases.js';
import { EventStream, type ServerSentEvent } from '../support/event-stream.js';
import { poll } from '../support/poll.js';
import { type TestApp, startApp } from '../support/start-app.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { sidOf } from '../support/tokens.js';

const CLIENT = 'books:a-backend-that-checks-tokens-itself';
const AUTHORIZATION = { authorization: `Basic ${Buffer.from(CLIENT).toString('base64')}` };
const isHeartbeat = ({ event }: ServerSentEvent): boolean => event === 'heartbeat';

describe('GET /v1/revocations', () => {
  let a: TestApp;
  let b: TestApp;
  let cable: TcpProxy;
  let url: string;
  let streams: EventStream[];

  const follow = async (headers: Record<string, string> = {}, query = ''): Promise<EventStream> => {
    const stream = await EventStream.open(`${url}/v1/revocations${query}`, { ...AUTHORIZATION, ...headers });
    streams.push(stream);
    return stream;
  };

  /** Signs in and out again on A. */
  const endSession = async (): Promise<string> => {
    const { accessToken } = await signedIn(a);
    const sid = sidOf(accessToken);
    await a.post('/v1/auth/logout', undefined, { token: accessToken });
    return sid;
  };

  beforeAll(async () => {
    const databaseUrl = await createDatabase();
    cable = await TcpProxy.start(databaseUrl);
    a = await startApp({}, databaseUrl);
    b = await startApp({ DATABASE_DIRECT_URL: cable.url, OAUTH_CLIENTS: CLIENT }, databaseUrl);
    await b.nest.listen(0, '127.0.0.1');
    url = await b.nest.getUrl();
  });
  beforeEach(() => {
    streams = [];
  });
  afterEach(async () => {
    for (const stream of streams) stream.close();
    await poll('the end of all streams', () => b.nest.get(RevocationStreams).count === 0 || undefined);
  });
  afterAll(async () => {
    await b.stop();
    await a.stop();
    await cable.stop();
  });

  it('is for known clients only', async () => {
    for (const authorization of [
      '',
      `Basic ${Buffer.from('books:wrong').toString('base64')}`,
      `Bearer ${(await signedIn(b)).accessToken}`,
    ]) {
      const answer = await b.get('/v1/revocations', { headers: authorization === '' ? {} : { authorization } });
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toMatch(/^Basic realm="latchkey"/);
    }
  });

  it('tells of sessions that end, on whatever node, and beats', async () => {
    const stream = await follow();
    expect(stream.response.headers['content-type']).toContain('text/event-stream');
    expect(stream.response.headers['x-content-type-options']).toBe('nosniff');
    const sessionId = await endSession();
    const event = await stream.find('the event', ({ data }) => data.sessionId === sessionId);
    expect(event.event).toBe('revocation');
    expect(Math.abs(Date.parse(event.data.revokedAt) - Date.now())).toBeLessThan(60_000);
    expect(event.id).toMatch(/^\d+$/);
    // How often, and how soon a revocation is told, bench/revocation-latency.mjs measures.
    await poll('four heartbeats', () => stream.events.filter(isHeartbeat).length >= 4 || undefined);
  });

  it('begins with everything that may still matter', async () => {
    const sessionId = await endSession();
    await poll('B to know', () => b.nest.get(RevocationsService).isRevoked(sessionId) || undefined);
    const stream = await follow();
    const event = await stream.find('the event', ({ data }) => data.sessionId === sessionId);
    expect(event.id).toBeUndefined();
  });

  it('resumes at a cursor, repeating what transactions under way then may have added', async () => {
    const { nest } = b;
    await endSession();
    const [old, missed] = [randomUUID(), randomUUID()];
    await a.db.query(
      `INSERT INTO revocations (session_id, revoked_at) VALUES ($1, now() - interval '5 minutes'), ($2, now() - interval '20 seconds')`,
      [old, missed],
    );
    cable.refuse();
    await poll('silence', () => !nest.get(DatabaseFeed).healthy || undefined);
    cable.heal();
    await poll('the feed', () => (nest.get(DatabaseFeed).healthy && nest.get(RevocationsService).isRevoked(missed)) || undefined);

    const cursor = String(Date.now());
    for (const stream of [await follow({ 'last-event-id': cursor }), await follow({}, `?cursor=${cursor}`)]) {
      await stream.find('a heartbeat', isHeartbeat);
      const told = stream.events.map(({ data }) => data.sessionId as string);
      expect(told).toContain(missed);
      expect(told).not.toContain(old);
    }
    const all = await follow({ 'last-event-id': 'nonsense' });
    await all.find('the old one', ({ data }) => data.sessionId === old);
    expect((await b.get('/v1/revocations?cursor=-1', { headers: AUTHORIZATION })).status).toBe(422);
  });

  it('has no heartbeat while this node may be missing something, and then tells what it missed', async () => {
    const stream = await follow();
    await stream.find('a heartbeat', isHeartbeat);
    cable.refuse();
    await poll('silence', () => !b.nest.get(DatabaseFeed).healthy || undefined);
    const skip = stream.events.length;
    const sessionId = await endSession();
    expect(stream.events.slice(skip).filter(isHeartbeat)).toEqual([]);
    cable.heal();
    const told = await stream.find('the missed one', ({ data }) => data.sessionId === sessionId, { skip });
    const beat = await stream.find('a heartbeat', isHeartbeat, { skip });
    expect(stream.events.indexOf(told)).toBeLessThan(stream.events.indexOf(beat));
    // The id does not claim more than was known.
    expect(Number(told.id)).toBeLessThan(Date.parse(told.data.revokedAt));
  });

  it('answers HEAD without opening a stream, and refuses one too many', async () => {
    const hub = b.nest.get(RevocationStreams);
    for (let i = 0; i < 3; i += 1) expect((await b.call('HEAD', '/v1/revocations', { headers: AUTHORIZATION })).status).toBe(200);
    expect(hub.count).toBe(0);
    const open = Array.from({ length: MAX_STREAMS }, () => hub.open(null));
    const refused = await b.get('/v1/revocations', { headers: AUTHORIZATION });
    expect(refused.status).toBe(503);
    expect(refused.body.code).toBe('server.busy');
    for (const stream of open) stream.destroy();
    await (await follow()).find('a heartbeat', isHeartbeat);
  });

  it('drops a consumer that does not read', async () => {
    const hub = b.nest.get(RevocationStreams);
    const stream = hub.open(Date.now() + 60_000);
    const closed = new Promise((resolve) => stream.once('close', resolve));
    await b.nest.get(RevocationsService).record(Array.from({ length: 10_000 }, () => randomUUID()));
    await closed;
    expect(stream.destroyed).toBe(true);
  });

  it('tells several streams of many sessions a part at a time, and answers requests in between', async () => {
    const c = await startApp({ OAUTH_CLIENTS: CLIENT });
    const { accessToken } = await signedIn(c);
    const ids = Array.from({ length: 20_000 }, () => randomUUID());
    await c.nest.get(RevocationsService).record(ids);
    await poll('a healthy feed', () => c.nest.get(DatabaseFeed).healthy || undefined);
    const [first, second] = [c.nest.get(RevocationStreams).open(null), c.nest.get(RevocationStreams).open(null)];
    const text = { first: '', second: '' };
    const isOver = (told: string): boolean => told.includes('event: heartbeat');
    first.setEncoding('utf8').on('data', (part: string) => (text.first += part));
    second.setEncoding('utf8').on('data', (part: string) => (text.second += part));
    await poll('the first part', () => text.first.includes('event: revocation') || undefined);
    expect((await c.get('/v1/auth/verify', { token: accessToken })).status).toBe(204);
    expect(isOver(text.first) && isOver(text.second)).toBe(false);
    await poll('all of it', () => (isOver(text.first) && isOver(text.second)) || undefined);
    for (const told of Object.values(text))
      expect([...told.matchAll(/"sessionId":"([^"]+)"/g)].map(([, id]) => id).toSorted()).toEqual(ids.toSorted());
    first.destroy();
    second.destroy();
    await c.stop();
  });

  it('ends when the server stops', async () => {
    const c = await startApp({ OAUTH_CLIENTS: CLIENT }, a.settings.DATABASE_URL);
    await c.nest.listen(0, '127.0.0.1');
    const stream = await EventStream.open(`${await c.nest.getUrl()}/v1/revocations`, AUTHORIZATION);
    await stream.find('a heartbeat', isHeartbeat);
    const start = performance.now();
    await c.stop();
    // A connection that it has to break off costs 10 s.
    expect(performance.now() - start).toBeLessThan(9_000);
    await poll('the end', () => stream.ended || undefined);
  });
});
