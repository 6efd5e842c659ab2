import { Resolver } from 'node:dns/promises';
import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { BoundedEvents } from '../src/audit/bounded-events.service.js';
import type { SettingValues } from '../src/common/declared.js';
import { Settings } from '../src/config/settings.js';
import { CONTRACT_SLUGS } from '../src/contracts/shared/contract-slugs.js';
import { verifyWebhook } from '../packages/verifier/src/webhook.js';
import { PASSWORD, freshEmail, register, signedInAs } from './support/accounts.js';
import { REFUSALS, SIGN_UPS } from './support/contract-sign-ups.js';
import { ContractClient } from './support/contracts.js';
import type { FalseProvider } from './support/false-provider.js';
import { FEDERATED, addProvider, falseProvider, signInBy } from './support/federation.js';
import { HOOK_SECRET, HookReceiver } from './support/hook-receiver.js';
import { OLD_SYSTEM_SECRET, OldSystem } from './support/old-system.js';
import { poll } from './support/poll.js';
import { attempt, begin, mailedCode } from './support/sign-ins.js';
import { type Answer, type TestApp, sharedApp } from './support/start-app.js';

const SENTENCE = 'Sign up with the address of your company.';
const WITHOUT_ANSWER = 'A service that decides about this does not answer at the moment. Try again in a few seconds.';

describe('the hook before a sign-up', () => {
  const old = new OldSystem();
  let app: TestApp;
  let fake: FalseProvider;
  let hook: HookReceiver;
  let before: Partial<SettingValues>;
  const choose = (settings: Partial<SettingValues>) => Object.assign(app.nest.get(Settings), settings);
  const signUp = (fields: object = {}): Promise<Answer> =>
    app.post('/v1/auth/register', { email: freshEmail(), password: PASSWORD, ...fields });
  const exists = async (email: string) => (await app.rows('SELECT FROM users WHERE email = $1', [email])).length === 1;
  const deny = (): void => void (hook.manner = () => ({ decision: 'deny', detail: SENTENCE }));

  beforeAll(async () => {
    const url = await old.start();
    const legacy = { LEGACY_VERIFY_URL: url, LEGACY_VERIFY_SECRET: OLD_SYSTEM_SECRET, LEGACY_VERIFY_UNKNOWN: 'true' };
    [app, fake, hook] = await Promise.all([
      sharedApp({ CONTRACTS: 'all', ...FEDERATED, ...legacy }),
      falseProvider(),
      HookReceiver.start(),
    ]);
    before = { ...app.nest.get(Settings) };
  });
  beforeEach(() => {
    hook.reset();
    fake.reset();
    choose({ HOOK_BEFORE_SIGN_UP: hook.url, HOOK_SECRETS: [HOOK_SECRET] });
  });
  afterEach(() => {
    const settings = app.nest.get(Settings);
    delete settings.HOOK_BEFORE_SIGN_UP;
    Object.assign(settings, before);
  });
  afterAll(async () => {
    await hook.stop();
    await old.stop();
    await app.stop();
  });

  it('is asked in a signed request, with what they gave and without the password', async () => {
    const email = freshEmail();
    const answer = await app.post(
      '/v1/auth/register',
      { email, password: PASSWORD, firstName: 'Ada', locale: 'en-GB' },
      { headers: { 'user-agent': 'test' }, remoteAddress: '192.0.2.9' },
    );
    expect(answer.status).toBe(201);
    const [asked] = hook.asked;
    expect(JSON.parse(String(asked?.body))).toEqual({
      type: 'before_sign_up',
      timestamp: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T.*Z$/),
      data: {
        method: 'password',
        clientId: 'latchkey',
        email,
        emailProven: false,
        mobile: null,
        username: null,
        firstName: 'Ada',
        lastName: null,
        locale: 'en-GB',
        provider: null,
        ip: '192.0.2.9',
        userAgent: 'test',
      },
    });
    expect(asked?.headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'Latchkey-Hooks/1' });
    const request = { headers: asked?.headers ?? {}, body: asked?.body ?? '' };
    expect((await verifyWebhook(request, HOOK_SECRET)).event).toMatchObject({ type: 'before_sign_up' });
  });

  it('denies with the sentence of the operator, plain and short', async () => {
    const email = freshEmail();
    deny();
    const { status, body } = await signUp({ email });
    expect([status, body.code, body.detail]).toEqual([403, 'hook.denied', SENTENCE]);
    expect(await exists(email)).toBe(false);
    expect(await app.rows('SELECT FROM mails WHERE recipient = $1', [email])).toEqual([]);
    const events = await app.rows(`SELECT outcome, ip IS NOT NULL AS placed, details FROM audit_events WHERE action = 'hook.denied'`);
    expect(events).toContainEqual({ outcome: 'failure', placed: true, details: { hook: 'before_sign_up' } });
    hook.manner = () => ({ decision: 'deny', detail: ` No\r\nway\u202E\0 ${'x'.repeat(300)}` });
    const long = (await signUp()).body.detail;
    expect(long).toBe(`No way ${'x'.repeat(192)}…`);
    hook.manner = () => ({ decision: 'deny', detail: 7 });
    expect((await signUp()).body.detail).toBe('The operator of this service does not allow this sign-up.');
  });

  it('is asked about a known address as about any other, so that a denial tells nothing', async () => {
    const { email } = await register(app);
    const told = ({ status, body }: Answer) => ({ status, ...body, requestId: '' });
    deny();
    for (const ACCOUNT_PRIVACY of ['open', 'strict'] as const) {
      choose({ ACCOUNT_PRIVACY });
      hook.asked.length = 0;
      const [known, unknown] = [await signUp({ email }), await signUp()];
      expect(told(known)).toEqual(told(unknown));
      expect(known.body.code).toBe('hook.denied');
      expect(hook.asked.map(({ data }) => data.email)).toContain(email);
      expect(hook.asked).toHaveLength(2);
    }
  });

  it('is not asked about what is refused anyway', async () => {
    expect((await signUp({ password: 'short' })).status).toBe(422);
    expect((await signUp({ email: 'nonsense' })).status).toBe(422);
    choose({ REGISTRATION: 'closed' });
    expect((await signUp()).body.code).toBe('registration.closed');
    expect(hook.asked).toEqual([]);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['does not answer', () => {}],
    ['begins an answer and hangs', (response) => void response.writeHead(200).write('{"decision":')],
    ['closes the connection', (response) => void response.destroy()],
    ['changes the protocol', (response) => void response.writeHead(101, { connection: 'upgrade', upgrade: 'x' }).end()],
    ['redirects', (response) => void response.writeHead(307, { location: '/hook' }).end()],
    ['fails', (response) => void response.writeHead(500).end('{"decision":"allow"}')],
    ['answers without a body', (response) => void response.writeHead(204).end()],
    ['answers no JSON', (response) => void response.writeHead(200).end('allow')],
    ['answers another JSON', (response) => void response.writeHead(200).end('["allow"]')],
    ['decides nothing', (response) => void response.writeHead(200).end('{"allow":true}')],
    ['answers too much', (response) => void response.writeHead(200).end(JSON.stringify({ decision: 'allow', more: 'x'.repeat(9_000) }))],
  ])('refuses when the service %s, or allows it where that is set', async (_, answer) => {
    hook.manner = (_asked, response) => {
      answer(response);
      return undefined;
    };
    const startedAt = performance.now();
    const email = freshEmail();
    const refused = await signUp({ email });
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect([refused.status, refused.body.code, refused.body.detail]).toEqual([503, 'hook.unavailable', WITHOUT_ANSWER]);
    expect(refused.headers['retry-after']).toBe('5');
    expect(await exists(email)).toBe(false);
    expect(hook.asked.map(({ path }) => path)).toEqual(['/hook']);
    choose({ HOOK_BEFORE_SIGN_UP_FAILURE: 'open' });
    expect((await signUp({ email })).status).toBe(201);
  });

  it('puts failures on record once a minute, and measures all questions', async () => {
    hook.manner = (_asked, response) => void response.writeHead(418).end();
    await Promise.all([signUp(), signUp(), signUp()]);
    await app.nest.get(BoundedEvents).flush();
    const events = await app.rows<{ details: { more?: number } }>(
      `SELECT details FROM audit_events WHERE action = 'hook.failed' AND details->>'reason' = 'its answer has the status 418' ORDER BY id`,
    );
    expect(events.map(({ details }) => details)).toEqual([
      { hook: 'before_sign_up', reason: 'its answer has the status 418', allowed: false },
      { hook: 'before_sign_up', reason: 'its answer has the status 418', allowed: false, more: 2 },
    ]);
    const { text } = await app.get('/metrics');
    expect(text).toMatch(/latchkey_hook_duration_seconds_count\{hook="before_sign_up",outcome="failed"\} \d+/);
    expect(text).toMatch(/latchkey_hook_duration_seconds_count\{hook="before_sign_up",outcome="allowed"\} \d+/);
  });

  it('refuses when nobody listens, or another secret signs; either of two fits', async () => {
    hook.secret = `whsec_${Buffer.from('another-secret-0123456789abcdefgh').toString('base64')}`;
    expect((await signUp()).body.code).toBe('hook.unavailable');
    expect(hook.asked).toEqual([]);
    choose({ HOOK_SECRETS: [hook.secret, HOOK_SECRET] });
    expect((await signUp()).status).toBe(201);
    hook.secret = HOOK_SECRET;
    expect((await signUp()).status).toBe(201);
    const gone = await HookReceiver.start();
    await gone.stop();
    choose({ HOOK_BEFORE_SIGN_UP: gone.url });
    expect((await signUp()).body.code).toBe('hook.unavailable');
  });

  it('keeps its connection, and takes another one where that was closed', async () => {
    await signUp();
    await signUp();
    const [first, second] = hook.asked;
    expect(first?.connection).toBe(second?.connection);
    hook.closeConnections();
    expect((await signUp()).status).toBe(201);
  });

  it('holds no connection of the database while it waits', async () => {
    const { accessToken: token } = await signedInAs(app, 'admin');
    hook.asked.length = 0;
    hook.manner = () => undefined;
    let answered = 0;
    // More than the pool has connections.
    const signUps = Array.from({ length: 8 }, () => signUp().finally(() => (answered += 1)));
    await poll('all questions', async () => (hook.asked.length === 8 ? true : undefined));
    expect((await app.get('/v1/users', { token })).status).toBe(200);
    expect(answered).toBe(0);
    hook.closeConnections();
    await Promise.all(signUps);
  });

  it.each(CONTRACT_SLUGS)('decides about sign-ups through the contract %s, which says it in its own form', async (slug) => {
    const email = freshEmail();
    const { path, fields } = SIGN_UPS[slug](email);
    const api = new ContractClient(app, slug);
    deny();
    const answer = await api.send('POST', path, fields);
    expect([answer.status, answer.body]).toEqual(REFUSALS[slug](SENTENCE));
    expect(hook.asked.map(({ data }) => [data.method, data.clientId])).toEqual([['password', slug]]);
    hook.reset();
    expect((await api.send('POST', path, fields)).status).toBeLessThan(300);
  });

  it('decides about sign-ups by a mailed code, which stays good', async () => {
    const email = freshEmail();
    const waiting = await begin(app, { identifier: email });
    const { answer } = await mailedCode(app, waiting, email);
    deny();
    const denied = await attempt(app, waiting, answer);
    expect([denied.status, denied.body.code, denied.body.detail]).toEqual([403, 'hook.denied', SENTENCE]);
    expect(hook.asked.map(({ data }) => [data.method, data.email, data.emailProven])).toEqual([['email_code', email, true]]);
    expect(await exists(email)).toBe(false);
    hook.reset();
    expect((await attempt(app, waiting, answer)).body.status).toBe('complete');
  });

  it('decides about sign-ups by a provider and by an ID token; whoever has an account still signs in', async () => {
    await addProvider(app, { issuer: fake.issuer, signUps: true, emailTrusted: true });
    const person = { sub: 'known', email: freshEmail(), email_verified: true };
    expect((await signInBy(app, fake, person)).code).toBeNull();
    deny();
    const stranger = { sub: 'stranger', email: freshEmail(), email_verified: true };
    hook.asked.length = 0;
    expect((await signInBy(app, fake, stranger)).code).toBe('hook.denied');
    expect(hook.asked.map(({ data }) => [data.method, data.provider, data.emailProven])).toEqual([['provider', 'fake', true]]);
    const waiting = await begin(app);
    const idToken = fake.idToken({ ...stranger, nonce: waiting.id });
    const native = await attempt(app, waiting, { provider: 'fake', idToken });
    expect([native.status, native.body.code, native.body.detail]).toEqual([403, 'hook.denied', SENTENCE]);
    expect(await exists(stranger.email)).toBe(false);
    expect((await signInBy(app, fake, person)).code).toBeNull();
  });

  it('decides about accounts of invitations, whose link stays good', async () => {
    const admin = await signedInAs(app, 'admin');
    const email = freshEmail();
    await app.post('/v1/invitations', { email }, { token: admin.accessToken });
    const { token } = await app.mailbox.newest(email, undefined, 'You are invited');
    hook.asked.length = 0;
    deny();
    const denied = await app.post('/v1/invitations/accept', { token, password: PASSWORD });
    expect([denied.status, denied.body.code]).toEqual([403, 'hook.denied']);
    expect(hook.asked.map(({ data }) => [data.method, data.email])).toEqual([['invitation', email]]);
    const page = await app.call('POST', '/account/invitation', {
      body: new URLSearchParams({ token: String(token), password: PASSWORD }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect([page.status, page.text.includes(SENTENCE)]).toEqual([403, true]);
    hook.reset();
    expect((await app.post('/v1/invitations/accept', { token, password: PASSWORD })).status).toBe(200);
  });

  it('decides about accounts that an old system describes', async () => {
    const email = freshEmail('grace');
    old.passwords.set(email, 'swallow1');
    old.accounts.set(email, { email, emailVerifiedAt: '2020-07-20T10:53:29Z', firstName: 'Grace' });
    const login = () => app.post('/v1/auth/login', { identifier: email, password: 'swallow1' });
    deny();
    const denied = await login();
    expect([denied.status, denied.body.code, denied.body.detail]).toEqual([403, 'hook.denied', SENTENCE]);
    expect(hook.asked.map(({ data }) => [data.method, data.email, data.firstName])).toEqual([['legacy', email, 'Grace']]);
    expect(await exists(email)).toBe(false);
    hook.reset();
    expect((await login()).status).toBe(200);
  });
});

describe('the hook of a server that may not call its own network', () => {
  afterAll(() => void vi.restoreAllMocks());

  it('is asked at no address of this network, also where a name leads there later', async () => {
    const app = await sharedApp();
    const hook = await HookReceiver.start();
    const settings = app.nest.get(Settings);
    const { port } = new URL(hook.url);
    const looked = vi.spyOn(Resolver.prototype, 'resolve4').mockResolvedValue(['127.0.0.1'] as never);
    vi.spyOn(Resolver.prototype, 'resolve6').mockResolvedValue([] as never);
    for (const url of [hook.url, `https://127.0.0.1:${port}`, `https://rebinding.example:${port}`]) {
      Object.assign(settings, { HOOK_BEFORE_SIGN_UP: url, HOOK_SECRETS: [HOOK_SECRET] });
      const { status, body } = await app.post('/v1/auth/register', { email: freshEmail(), password: PASSWORD });
      expect([status, body.code]).toEqual([503, 'hook.unavailable']);
    }
    expect(looked.mock.calls).toEqual([['rebinding.example']]);
    expect(hook.asked).toEqual([]);
    delete settings.HOOK_BEFORE_SIGN_UP;
    Object.assign(settings, { HOOK_SECRETS: [] });
    await hook.stop();
    await app.stop();
  });
});
