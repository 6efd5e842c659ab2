import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Settings } from '../src/config/settings.js';
import { type TestUser, freshEmail, register, signIn, signedIn, signedInAs } from './support/accounts.js';
import { HOOK_SECRET, HookReceiver } from './support/hook-receiver.js';
import { withTotp, stepUp } from './support/sign-ins.js';
import { type Answer, type TestApp, startApp } from './support/start-app.js';
import { statementsWithValuesOf } from './support/statements.js';
import { TO_THIS_MACHINE } from './support/webhook-receiver.js';

const TEMPLATE = { plan: 'publicMetadata.plan', tenant: 'publicMetadata.tenant.id', limits: 'publicMetadata.limits' };

// eslint-disable-next-line typescript/no-explicit-any -- claims of every shape
const extIn = (token: string): any => JSON.parse(Buffer.from(String(token.split('.')[1]), 'base64url').toString()).ext;

describe('claims that administrators write', () => {
  let app: TestApp;
  let admin: TestUser;
  const write = (id: string, publicMetadata: unknown, headers = {}): Promise<Answer> =>
    app.call('PUT', `/v1/users/${id}/metadata`, { token: admin.accessToken, body: { public: publicMetadata }, headers });
  const refresh = async (refreshToken: string): Promise<{ accessToken: string; refreshToken: string }> =>
    (await app.post('/v1/auth/refresh', { refreshToken })).body;

  beforeAll(async () => {
    const clients = { OAUTH_CLIENTS: 'books:3q2-7wE1b0fT5uXy' };
    app = await startApp({ ...TO_THIS_MACHINE, ...clients, CLAIMS_TEMPLATE: JSON.stringify(TEMPLATE) });
    admin = await signedInAs(app, 'admin');
  });
  afterAll(() => app.stop());

  it('are in the tokens of sign-in, refresh and step-up, and change with the metadata', async () => {
    const user = await withTotp(app);
    expect(extIn(user.accessToken)).toBeUndefined();
    expect((await write(user.id, { plan: 'pro', tenant: { id: 7, name: 'Firm' }, other: [{}] })).status).toBe(200);
    const refreshed = await refresh(user.refreshToken);
    expect(extIn(refreshed.accessToken)).toEqual({ plan: 'pro', tenant: 7 });
    expect(extIn(await stepUp(app, { ...user, accessToken: refreshed.accessToken }))).toEqual({ plan: 'pro', tenant: 7 });
    const plain = await register(app);
    await write(plain.id, { limits: { seats: 5 }, plan: null });
    expect(extIn((await signIn(app, plain.email)).accessToken)).toEqual({ limits: { seats: 5 } });
    // Those that come at once share a statement.
    const [one, two] = await Promise.all([signIn(app, plain.email), signIn(app, plain.email)]);
    const both = await Promise.all([refresh(one.refreshToken), refresh(two.refreshToken)]);
    expect(both.map(({ accessToken }) => extIn(accessToken))).toEqual([{ limits: { seats: 5 } }, { limits: { seats: 5 } }]);
    const introspected = await app.call('POST', '/oauth/introspect', {
      body: new URLSearchParams({ token: both[0]?.accessToken ?? '' }).toString(),
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from('books:3q2-7wE1b0fT5uXy').toString('base64')}`,
      },
    });
    expect(introspected.body).toMatchObject({ active: true, ext: { limits: { seats: 5 } } });
  });

  it('cost no further statement', async () => {
    const user = await signedIn(app);
    await write(user.id, { plan: 'pro' });
    const statements = await statementsWithValuesOf(async () => {
      const { accessToken } = await refresh(user.refreshToken);
      expect(extIn(accessToken)).toEqual({ plan: 'pro' });
    });
    expect(statements).toHaveLength(1);
  });

  it('are not for their subject to write', async () => {
    const { accessToken: token, id, refreshToken } = await signedIn(app);
    await write(id, { plan: 'free' });
    const patched = await app.call('PATCH', '/v1/users/me', { token, body: { metadata: { plan: 'pro' } } });
    expect(patched.body).toMatchObject({ metadata: { plan: 'pro' }, publicMetadata: { plan: 'free' } });
    const refused = await app.call('PATCH', '/v1/users/me', { token, body: { publicMetadata: { plan: 'pro' } } });
    expect(refused.status).toBe(422);
    expect((await app.call('PUT', `/v1/users/${id}/metadata`, { token, body: { public: { plan: 'pro' } } })).status).toBe(403);
    const registered = await app.post('/v1/auth/register', {
      email: freshEmail(),
      password: 'four bright birds sing',
      publicMetadata: { plan: 'pro' },
    });
    expect(registered.status).toBe(422);
    expect(extIn((await refresh(refreshToken)).accessToken)).toEqual({ plan: 'free' });
  });

  it('are written in versions, on record, and read by whoever sees the account', async () => {
    const user = await signedIn(app);
    const { headers } = await app.get(`/v1/users/${user.id}`, { token: admin.accessToken });
    const ifMatch = { 'if-match': String(headers['etag']) };
    const written = await write(user.id, { plan: 'pro', toString: 'kept' }, ifMatch);
    expect([written.status, written.body.publicMetadata, written.headers['etag']]).toEqual([200, { plan: 'pro', toString: 'kept' }, '"2"']);
    expect((await write(user.id, { plan: 'free' }, ifMatch)).status).toBe(412);
    expect((await write(user.id, { plan: 'pro', toString: 'kept' })).headers['etag']).toBe('"2"');
    expect((await app.get('/v1/users/me', { token: user.accessToken })).body.publicMetadata).toEqual({ plan: 'pro', toString: 'kept' });
    const events = await app.rows(`SELECT actor_id, details FROM audit_events WHERE action = 'account.updated' AND subject_id = $1`, [
      user.id,
    ]);
    expect(events).toEqual([{ actor_id: admin.id, details: { fields: 'publicMetadata' } }]);
    expect((await write(crypto.randomUUID(), {})).body.code).toBe('user.not_found');
  });

  it.each([
    ['too much for the claims', { plan: 'x'.repeat(1_100) }, 'metadata.unfit'],
    ['what is too much together', { plan: 'x'.repeat(600), tenant: { id: 'x'.repeat(600) } }, 'metadata.unfit'],
    ['what is too deep for a claim', { limits: { seats: { most: 5 } } }, 'metadata.unfit'],
    ['too much at all', { other: 'x'.repeat(9_000) }, 'metadata.too_large'],
    ['no object', 'pro', 'isObject'],
    ['nothing', undefined, 'required'],
  ])('are refused with %s', async (_, metadata, rule) => {
    const { id } = await register(app);
    const { status, body } = await write(id, metadata);
    expect([status, body.errors]).toMatchObject([422, [{ pointer: '/public', rule }]]);
  });

  it('that another template made too long are left out, and told in the log', async () => {
    const user = await signedIn(app);
    await app.rows('UPDATE users SET public_metadata = $2 WHERE id = $1', [
      user.id,
      { plan: 'x'.repeat(1_100), tenant: { id: { deep: true } } },
    ]);
    expect(extIn((await refresh(user.refreshToken)).accessToken)).toBeUndefined();
    expect(app.logs.join('\n')).toContain('The further claims of an access token are too long');
  });

  it('give way to those of the hook, and join them', async () => {
    const hook = await HookReceiver.start();
    const user = await register(app);
    await write(user.id, { plan: 'pro', tenant: { id: 7 } });
    const settings = app.nest.get(Settings);
    Object.assign(settings, { HOOK_BEFORE_TOKEN: hook.url, HOOK_SECRETS: [HOOK_SECRET] });
    hook.manner = () => ({ decision: 'allow', claims: { plan: 'trial', more: true } });
    expect(extIn((await signIn(app, user.email)).accessToken)).toEqual({ plan: 'trial', tenant: 7, more: true });
    delete settings.HOOK_BEFORE_TOKEN;
    await hook.stop();
  });
});
