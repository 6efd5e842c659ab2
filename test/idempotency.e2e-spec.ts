import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IdempotencyService } from '../src/idempotency/idempotency.service.js';
import { PasswordHasher } from '../src/auth/passwords/password-hasher.service.js';
import { JobWorker } from '../src/jobs/job-worker.js';
import { PASSWORD, type TestUser, freshEmail, signIn, signedIn } from './support/accounts.js';
import { signedInAdmin } from './support/administrators.js';
import { operationsOf } from './support/operations.js';
import { poll } from './support/poll.js';
import { type Answer, type TestApp, sharedApp, startApp } from './support/start-app.js';

describe('a request with an Idempotency-Key', () => {
  let app: TestApp;
  let second: TestApp;
  let admin: TestUser;
  beforeAll(async () => {
    app = await sharedApp();
    second = await startApp({}, app.settings.DATABASE_URL);
    await second.nest.get(JobWorker).stop();
    admin = await signedInAdmin(app);
  });
  afterAll(async () => {
    await second.stop();
    await app.stop();
  });

  const register = (body: unknown, key: string = randomUUID(), node = app): Promise<Answer> =>
    node.post('/v1/auth/register', body, { headers: { 'idempotency-key': key } });
  const fresh = (): { email: string; password: string } => ({ email: freshEmail(), password: PASSWORD });
  const stored = async (): Promise<number> =>
    Number((await app.rows<{ count: string }>('SELECT count(*) FROM idempotency_keys'))[0]?.count);

  it('is done once, and answered the same each time, on every node', async () => {
    const [body, key] = [fresh(), randomUUID()];
    const first = await register(body, key);
    expect([first.status, first.headers['idempotency-replayed']]).toEqual([201, undefined]);
    for (const node of [app, second, app]) {
      const again = await register(body, key, node);
      expect([again.status, again.text, again.headers['idempotency-replayed']]).toEqual([201, first.text, 'true']);
      expect(again.headers['cache-control']).toBe(first.headers['cache-control']);
    }
    expect(await app.rows('SELECT id FROM users WHERE email_key = $1', [body.email])).toHaveLength(1);
    expect(await app.rows('SELECT id FROM mails WHERE recipient = $1', [body.email])).toHaveLength(1);
    // Without the key it is another request.
    expect((await app.post('/v1/auth/register', body)).status).toBe(409);
  });

  it('is refused when the body is another one, and the first stays as it is', async () => {
    const [body, key] = [fresh(), randomUUID()];
    const first = await register(body, key);
    for (const other of [fresh(), { ...body, password: 'four bright birds sang' }, { ...body, firstName: 'Ada' }, {}, undefined]) {
      const refused = await register(other, key);
      expect([refused.status, refused.body.code]).toEqual([422, 'idempotency.key_reused']);
    }
    expect((await register(body, key)).text).toBe(first.text);
  });

  it('is done once by many at the same time, on two nodes: the others are told to wait, or get the answer', async () => {
    for (let round = 0; round < 3; round += 1) {
      const [body, key] = [fresh(), randomUUID()];
      const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => register(body, key, i % 2 === 0 ? app : second)));
      expect(answers.filter(({ status, headers }) => status === 201 && headers['idempotency-replayed'] === undefined)).toHaveLength(1);
      const rest = answers.filter(({ status }) => status !== 201);
      expect(rest.length).toBeGreaterThan(0);
      for (const { status, body: said, headers } of rest) {
        expect([status, said.code, headers['retry-after']]).toEqual([409, 'idempotency.in_progress', '1']);
      }
      expect(await app.rows('SELECT id FROM users WHERE email_key = $1', [body.email])).toHaveLength(1);
      expect((await register(body, key)).headers['idempotency-replayed']).toBe('true');
    }
  });

  it('that fails gives the key back: repeated, it is done', async () => {
    const [body, key] = [fresh(), randomUUID()];
    const before = await stored();
    expect((await register({ ...body, password: 'short' }, key)).status).toBe(422);
    expect((await register({ ...body, isAdmin: true }, key)).status).toBe(422);
    await register(body);
    expect((await register(body, key)).body.code).toBe('user.email_unproven');
    expect(await stored()).toBe(before + 1);
    expect((await register(fresh(), key)).status).toBe(201);
  });

  it('whose answer cannot be stored is not done at all', async () => {
    const [body, key] = [fresh(), randomUUID()];
    await app.rows(`ALTER TABLE idempotency_keys ADD CONSTRAINT ck_test CHECK (status IS NULL) NOT VALID`);
    expect((await register(body, key)).status).toBe(500);
    expect(await app.rows('SELECT id FROM users WHERE email_key = $1', [body.email])).toEqual([]);
    expect(await app.rows('SELECT id FROM mails WHERE recipient = $1', [body.email])).toEqual([]);
    await app.rows('ALTER TABLE idempotency_keys DROP CONSTRAINT ck_test');
    expect((await register(body, key)).status).toBe(201);
  });

  it('is done by whoever repeats it when the first fell silent, and then not by the first', async () => {
    const service = app.nest.get(IdempotencyService);
    const identity = { route: 'POST /test', userId: null, key: randomUUID(), content: 'x' };
    const toAnswer = (result: unknown) => ({ answer: { status: 201, headers: {}, body: JSON.stringify(result) }, ownerId: null });
    let wake = (): void => {};
    const asleep = new Promise<void>((resolve) => (wake = resolve));
    let slow: Promise<unknown> = Promise.resolve();
    await new Promise<void>((begun) => {
      const work = (): Promise<string> => {
        begun();
        return asleep.then(() => 'slow');
      };
      slow = service.once(identity, work, toAnswer);
    });
    await expect(service.once(identity, async () => 'early', toAnswer)).rejects.toMatchObject({ code: 'idempotency.in_progress' });
    await app.rows(`UPDATE idempotency_keys SET leased_until = now() - interval '1 second' WHERE status IS NULL`);
    expect(await service.once(identity, async () => 'quick', toAnswer)).toEqual({ result: 'quick' });
    wake();
    await expect(slow).rejects.toMatchObject({ code: 'idempotency.in_progress' });
    expect(await service.once(identity, async () => 'late', toAnswer)).toEqual({ stored: { status: 201, headers: {}, body: '"quick"' } });
  });

  it('belongs to its caller and its route', async () => {
    const [user, other] = [await signedIn(app), await signedIn(app)];
    const key = randomUUID();
    const headers = { 'idempotency-key': key };
    const change = ({ accessToken: token }: TestUser, email: string) =>
      app.post('/v1/users/me/email', { email, currentPassword: PASSWORD }, { token, headers });
    const address = freshEmail('changed');
    expect((await change(user, address)).status).toBe(202);
    const again = await change(user, address);
    expect([again.status, again.text, again.headers['idempotency-replayed']]).toEqual([202, '', 'true']);
    expect((await change(user, freshEmail())).status).toBe(422);
    expect((await change(other, freshEmail())).status).toBe(202);
    expect(await app.rows('SELECT id FROM mails WHERE recipient = $1', [address])).toHaveLength(1);
    expect((await register(fresh(), key)).status).toBe(201);
    // The same caller, route and key, but about another account.
    const reset = (id: string) => app.call('POST', `/v1/users/${id}/password-reset`, { token: admin.accessToken, headers });
    expect((await reset(user.id)).status).toBe(202);
    expect((await reset(user.id)).headers['idempotency-replayed']).toBe('true');
    expect((await reset(other.id)).body.code).toBe('idempotency.key_reused');
  });

  it('gives a book again with its ETag', async () => {
    const { accessToken: token } = admin;
    const headers = { 'idempotency-key': randomUUID() };
    const add = () => app.call('POST', '/v1/books', { token, headers, body: { title: 'The Art of Repetition' } });
    const first = await add();
    const again = await add();
    expect([again.status, again.text, again.headers.etag]).toEqual([201, first.text, first.headers.etag]);
    expect(await app.rows(`SELECT id FROM books WHERE title = 'The Art of Repetition'`)).toHaveLength(1);
  });

  it.each(['', ' ', 'a b', 'x'.repeat(256), 'ä', 'a,\tb'])('is refused when the key is %j', async (key) => {
    const { status, body } = await register(fresh(), key);
    expect([status, body.code]).toEqual([400, 'idempotency.key_invalid']);
  });

  it('is refused like any other when its body is nested too deep to be looked at', async () => {
    const deep = '['.repeat(30_000) + ']'.repeat(30_000);
    const headers = { 'idempotency-key': randomUUID(), 'content-type': 'application/json' };
    const answer = await app.call('POST', '/v1/auth/register', { headers, payload: `{"email":${deep},"password":"${PASSWORD}"}` });
    expect([answer.status, answer.body.code]).toEqual([422, 'request.invalid']);
  });

  it('keeps no password, and goes with the account', async () => {
    const body = { ...fresh(), firstName: 'Quenby' };
    const { id } = (await register(body)).body;
    const rows = await app.rows<{ row: string }>('SELECT k::text AS row FROM idempotency_keys k WHERE user_id = $1', [id]);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.row).toContain('Quenby');
    expect(rows[0]?.row).not.toContain(PASSWORD);
    const { accessToken: token } = await signIn(app, body.email);
    expect((await app.call('DELETE', '/v1/users/me', { token, body: { password: PASSWORD } })).status).toBe(204);
    const left = await app.rows<{ row: string }>('SELECT k::text AS row FROM idempotency_keys k');
    expect(left.map(({ row }) => row).join('\n')).not.toMatch(/Quenby/);
  });

  it('is forgotten after a day, in batches', async () => {
    const [body, key] = [fresh(), randomUUID()];
    await register(body, key);
    await app.rows(
      `INSERT INTO idempotency_keys (id, claim, secret_id, request_mac, leased_until, expires_at)
       SELECT decode(md5(n::text), 'hex'), gen_random_uuid(), 'x', '', now(), now() - interval '1 second' FROM generate_series(1, 2345) AS n`,
    );
    const before = await stored();
    await app.rows(`UPDATE idempotency_keys SET expires_at = now() - interval '1 second' WHERE body LIKE '%' || $1 || '%'`, [body.email]);
    // Past its time it counts for nothing, even before it is deleted.
    expect((await register(body, key)).body.code).toBe('user.email_unproven');
    await app.nest.get(IdempotencyService).purge();
    expect(await stored()).toBe(before - 2_346);
  });

  it('holds no connection while a password is hashed', async () => {
    // Twice as many at once as the pool has connections.
    const bodies = Array.from({ length: 10 }, fresh);
    const hasher = app.nest.get(PasswordHasher);
    const { hash } = hasher;
    let waiting = 0;
    let proceed = (): void => {};
    const gate = new Promise<void>((resolve) => (proceed = resolve));
    const waitingHash = async (): Promise<string> => {
      waiting += 1;
      await gate;
      return '$';
    };
    Object.assign(hasher, { hash: waitingHash });
    const registering = Promise.all(bodies.map((body) => register(body)));
    try {
      await poll('all to be hashing', () => (waiting === bodies.length ? true : undefined));
      const { accessToken: token } = admin;
      const reads = await Promise.all(bodies.map(() => app.get('/v1/users/me', { token })));
      expect(reads.map(({ status }) => status)).toEqual(reads.map(() => 200));
    } finally {
      proceed();
      Object.assign(hasher, { hash });
    }
    expect((await registering).map(({ status }) => status)).toEqual(bodies.map(() => 201));
  });

  it('is documented where it counts, and ignored elsewhere', async () => {
    const operations = await operationsOf(app);
    const takes = operations
      .filter(({ spec }) => spec.parameters?.some(({ name }: { name: string }) => name === 'Idempotency-Key'))
      .map(({ spec }) => String(spec.operationId));
    expect(takes.toSorted()).toEqual(['createBook', 'forcePasswordReset', 'registerUser', 'requestEmailChange', 'sendUserVerification']);
    // Whatever creates something and says so.
    const creates = operations.filter(({ path, spec }) => path.startsWith('/v1/') && '201' in spec.responses);
    // Their answers have secrets, which are not kept to be repeated; what they make is worth nothing until it is confirmed. There is one
    // provider of a slug.
    const secret = [
      'startSignIn',
      'startPasskeySignIn',
      'createSignInChallenge',
      'addTotp',
      'addTotpInSignIn',
      'addPasskey',
      'addPasskeyInSignIn',
      'renewRecoveryCodes',
      'linkIdentity',
      'createProvider',
      'createWebhook',
      'rotateWebhookSecret',
    ];
    expect(creates.map(({ spec }) => String(spec.operationId)).filter((id) => ![...takes, ...secret].includes(id))).toEqual([]);
    const user = await signedIn(app);
    const headers = { 'idempotency-key': randomUUID() };
    const login = () => app.post('/v1/auth/login', { identifier: user.email, password: PASSWORD }, { headers });
    const [one, two] = [await login(), await login()];
    expect([one.status, two.status]).toEqual([200, 200]);
    expect(one.body.accessToken).not.toBe(two.body.accessToken);
  });
});
