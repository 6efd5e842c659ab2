import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { type MockInstance, afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCommand } from '../../src/cli/commands.js';
import { manageKeys } from '../../src/cli/keys.command.js';
import { DatabaseFeed } from '../../src/database/feed/database-feed.service.js';
import { explainFailure } from '../../src/server.js';
import { SigningKeysService } from '../../src/tokens/signing-keys/signing-keys.service.js';
import { PASSWORD, register, signIn, signedIn } from '../support/accounts.js';
import { createDatabase } from '../support/databases.js';
import { TOLD_MS, poll } from '../support/poll.js';
import { type TestApp, startApp } from '../support/start-app.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const verify = async (app: TestApp, token: string): Promise<number> => (await app.get('/v1/auth/verify', { token })).status;
const kidOf = (token: string): string => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString('utf8')).kid;
const until = (what: string, test: () => boolean): Promise<true> => poll(what, () => test() || undefined);
const kidsOf = async (app: TestApp): Promise<string[]> =>
  (await app.get('/.well-known/jwks.json')).body.keys.map(({ kid }: { kid: string }) => kid);

/** Makes it look as if all keys had been made and activated that much earlier. */
const age = (app: TestApp, interval: string): Promise<unknown> =>
  app.db.query(`UPDATE signing_keys SET created_at = created_at - $1::interval, activated_at = activated_at - $1::interval`, [interval]);

describe('signing keys of two nodes', () => {
  let a: TestApp;
  let b: TestApp;
  let cable: TcpProxy;
  let output: MockInstance[];

  /** Runs `latchkey keys …` against the database of the nodes. */
  const keys = (...args: string[]): Promise<number> =>
    runCommand(['keys', ...args], { NODE_ENV: 'test', DATABASE_URL: a.settings.DATABASE_URL, APP_SECRET: a.settings.APP_SECRET });
  const printed = (): string => output.flatMap(({ mock }) => mock.calls).join('\n');

  beforeAll(async () => {
    const databaseUrl = await createDatabase();
    cable = await TcpProxy.start(databaseUrl);
    // At once: of two nodes that find no key, one makes them.
    [a, b] = await Promise.all([startApp({}, databaseUrl), startApp({ DATABASE_DIRECT_URL: cable.url }, databaseUrl)]);
  });
  beforeEach(() => {
    output = [vi.spyOn(console, 'log').mockImplementation(() => {}), vi.spyOn(console, 'error').mockImplementation(() => {})];
  });
  afterEach(() => vi.restoreAllMocks());
  afterAll(async () => {
    await b.stop();
    await a.stop();
    await cable.stop();
  });

  it('publishes the public half of the current and the next key, the same on both nodes', async () => {
    const jwks = await a.get('/.well-known/jwks.json');
    expect(jwks.headers['cache-control']).toBe('public, max-age=300');
    expect(jwks.body.keys).toHaveLength(2);
    for (const key of jwks.body.keys) {
      expect(Object.keys(key).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
      expect(key).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' });
    }
    expect((await b.get('/.well-known/jwks.json')).body).toEqual(jwks.body);
    const { accessToken } = await signedIn(a);
    expect(await kidsOf(b)).toContain(kidOf(accessToken));
    expect(await a.rows('SELECT id FROM signing_keys WHERE activated_at IS NULL')).toHaveLength(1);
  });

  it('signs with the next key when it is time, on every node and without a restart; old tokens go on', async () => {
    const user = await signedIn(a);
    await age(a, '30 days 1 hour');
    await a.nest.get(SigningKeysService).check();
    const renewed = await signIn(a, user.email);
    expect(kidOf(renewed.accessToken)).not.toBe(kidOf(user.accessToken));
    await poll(
      'B to sign with it',
      async () => kidOf((await signIn(b, user.email)).accessToken) === kidOf(renewed.accessToken) || undefined,
      TOLD_MS,
    );
    for (const node of [a, b]) {
      for (const { accessToken } of [user, renewed]) expect(await verify(node, accessToken)).toBe(204);
      expect(await kidsOf(node)).toHaveLength(3);
    }

    // Nothing is due, neither now nor when all tokens of the old key but a few are gone.
    await age(a, '14 minutes');
    await b.nest.get(SigningKeysService).check();
    expect(await kidsOf(b)).toHaveLength(3);

    await age(a, '10 minutes');
    await b.nest.get(SigningKeysService).check();
    await poll('withdrawal', async () => (await verify(a, user.accessToken)) === 401 || undefined, TOLD_MS);
    expect(await verify(b, user.accessToken)).toBe(401);
    expect(await verify(b, renewed.accessToken)).toBe(204);
    await poll('a new key set', async () => !(await kidsOf(a)).includes(kidOf(user.accessToken)) || undefined, TOLD_MS);
  });

  it('rotates on demand as soon as every verifier can know the next key', async () => {
    const user = await signedIn(a);
    await a.db.query('UPDATE signing_keys SET created_at = now() WHERE activated_at IS NULL');
    expect(await keys('rotate')).toBe(1);
    expect(printed()).toContain('--now');
    await a.db.query(`UPDATE signing_keys SET created_at = now() - interval '7 minutes' WHERE activated_at IS NULL`);
    expect(await keys('rotate')).toBe(0);
    await poll('a new key', async () => kidOf((await signIn(b, user.email)).accessToken) !== kidOf(user.accessToken) || undefined, TOLD_MS);
    expect(await keys('rotate', '--now')).toBe(0);
    for (const node of [a, b]) expect(await verify(node, user.accessToken)).toBe(204);
  });

  it('refuses on both nodes, at once, what a withdrawn key signed', async () => {
    const user = await signedIn(a);
    for (const node of [a, b]) expect(await verify(node, user.accessToken)).toBe(204);
    expect(await keys('retire', kidOf(user.accessToken))).toBe(0);
    for (const node of [a, b]) {
      await poll('refusal', async () => (await verify(node, user.accessToken)) === 401 || undefined, TOLD_MS);
      await poll('a new key set', async () => !(await kidsOf(node)).includes(kidOf(user.accessToken)) || undefined, TOLD_MS);
      const refreshed = await signIn(node, user.email);
      for (const other of [a, b]) expect(await verify(other, refreshed.accessToken)).toBe(204);
    }
    const [stored] = await a.rows<{ key: string }>('SELECT private_key AS key FROM signing_keys WHERE id = $1', [kidOf(user.accessToken)]);
    expect(stored?.key).toBe('');
    expect(await keys('retire', kidOf(user.accessToken))).toBe(1);
  });

  it('withdraws all keys when they are compromised; refreshing gives new tokens', async () => {
    const user = await signedIn(a);
    const before = await kidsOf(a);
    expect(await keys('rotate', '--compromised')).toBe(0);
    for (const node of [a, b]) {
      await poll('refusal', async () => (await verify(node, user.accessToken)) === 401 || undefined, TOLD_MS);
      await poll('a new key set', async () => !(await kidsOf(node)).some((kid) => before.includes(kid)) || undefined, TOLD_MS);
    }
    const refreshed = await b.post('/v1/auth/refresh', { refreshToken: user.refreshToken });
    expect(await verify(a, refreshed.body.accessToken)).toBe(204);
    expect(await keys('list')).toBe(0);
    expect(printed()).toMatch(/ {2}current {3}published \S+ {2}signs since \S+\n/);
    expect(printed()).toMatch(/ {2}retired {3}published/);
  });

  it('explains how it is used', async () => {
    for (const args of [[], ['spin'], ['retire'], ['list', '--now'], ['rotate', 'x'], ['rotate', '--soon'], ['rotate', '--lost-secret']])
      expect(await keys(...args)).toBe(2);
    expect(printed()).toContain('Usage: latchkey keys list');
  });

  it('refuses a withdrawn key also on a node that was not told', async () => {
    const user = await signedIn(a);
    expect(await verify(b, user.accessToken)).toBe(204);
    cable.refuse();
    await keys('retire', kidOf(user.accessToken));
    await poll('refusal', async () => (await verify(b, user.accessToken)) === 401 || undefined, TOLD_MS);
    cable.heal();
    await until('a healthy feed', () => b.nest.get(DatabaseFeed).healthy);
    expect(await kidsOf(b)).toEqual(await kidsOf(a));
  });

  it('looks unknown keys up, but not as often as strangers like', async () => {
    const { email } = await register(a);
    cable.refuse();
    await until('silence', () => !b.nest.get(DatabaseFeed).healthy);
    const { id } = a.nest.get(SigningKeysService).current;
    await keys('rotate', '--compromised');
    await until('A to know', () => a.nest.get(SigningKeysService).current.id !== id);
    const { accessToken } = await signIn(a, email);
    await poll('B to look it up', async () => (await verify(b, accessToken)) === 204 || undefined);
    cable.heal();
    await until('a healthy feed', () => b.nest.get(DatabaseFeed).healthy);

    const { master } = b.nest.get(DataSource).driver as unknown as { master: { connect(): unknown } };
    const connect = vi.spyOn(master, 'connect');
    const [, claims, signature] = accessToken.split('.');
    const forge = (kid: string): string =>
      [Buffer.from(JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid })).toString('base64url'), claims, signature].join('.');
    for (let i = 0; i < 50; i += 1) expect(await verify(b, forge(randomBytes(12).toString('base64url')))).toBe(401);
    for (const kid of ['', '../../etc/passwd', "' OR 1=1 --", 'x'.repeat(2_000)]) expect(await verify(b, forge(kid))).toBe(401);
    expect(connect.mock.calls.length).toBeLessThanOrEqual(2);
  });
});

describe('APP_SECRET', () => {
  const OLD = 'only-for-tests-the-old-secret-0123456789abcdefghijkl';
  const NEW = 'only-for-tests-the-new-secret-0123456789abcdefghijkl';

  it('stops the start when it is not the one that the keys were encrypted under', async () => {
    const databaseUrl = await createDatabase();
    const app = await startApp({ APP_SECRET: OLD }, databaseUrl);
    const before = await app.rows('SELECT * FROM signing_keys ORDER BY id');
    const failure = await startApp({ APP_SECRET: NEW }, databaseUrl).then(
      () => '',
      (error: unknown) => explainFailure(error),
    );
    expect(failure).toMatch(/cannot start with these settings:\n {2}APP_SECRET must be .*APP_SECRET_PREVIOUS/);
    expect(await app.rows('SELECT * FROM signing_keys ORDER BY id')).toEqual(before);
    await app.stop();
  });

  it('is checked before keys are made that running servers could not read; who lost it can start over', async () => {
    const databaseUrl = await createDatabase();
    const app = await startApp({ APP_SECRET: OLD }, databaseUrl);
    const { email } = await register(app);
    const before = await app.rows<{ id: string }>('SELECT * FROM signing_keys ORDER BY id');
    const output = vi.spyOn(console, 'log').mockImplementation(() => {});
    const wrong = { NODE_ENV: 'test', DATABASE_URL: databaseUrl, APP_SECRET: NEW };
    for (const args of [
      ['rotate', '--now'],
      ['retire', before[0]?.id],
      ['rotate', '--compromised'],
    ]) {
      await expect(manageKeys(args.map(String), wrong)).rejects.toThrow('APP_SECRET must be the one');
    }
    expect(await app.rows('SELECT * FROM signing_keys ORDER BY id')).toEqual(before);

    expect(await manageKeys(['rotate', '--compromised', '--lost-secret'], wrong)).toBe(0);
    output.mockRestore();
    await poll('the old server to notice', async () => (await app.get('/.well-known/jwks.json')).body.keys.length === 0 || undefined);
    expect((await app.post('/v1/auth/login', { identifier: email, password: PASSWORD })).status).toBe(503);
    await app.stop();
    const after = await startApp({ APP_SECRET: NEW }, databaseUrl);
    expect(await verify(after, (await signIn(after, email)).accessToken)).toBe(204);
    await after.stop();
  });

  it('can be replaced: with the old one as APP_SECRET_PREVIOUS everybody stays signed in', async () => {
    const databaseUrl = await createDatabase();
    const before = await startApp({ APP_SECRET: OLD }, databaseUrl);
    const user = await signedIn(before);
    await before.stop();

    const during = await startApp({ APP_SECRET: NEW, APP_SECRET_PREVIOUS: OLD }, databaseUrl);
    expect(await verify(during, user.accessToken)).toBe(204);
    const refreshed = await during.post('/v1/auth/refresh', { refreshToken: user.refreshToken });
    expect(refreshed.status).toBe(200);
    await during.stop();

    const after = await startApp({ APP_SECRET: NEW }, databaseUrl);
    for (const token of [user.accessToken, refreshed.body.accessToken]) expect(await verify(after, token)).toBe(204);
    expect((await after.post('/v1/auth/refresh', { refreshToken: refreshed.body.refreshToken })).status).toBe(200);
    await after.stop();
  });
});
