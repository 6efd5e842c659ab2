import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestUser, register, signedIn } from './support/accounts.js';
import { type Forged, RP_ID, VirtualAuthenticator } from './support/passkeys.js';
import { poll } from './support/poll.js';
import { factorsOf } from './support/second-factor.js';
import { type Answer, type TestApp, sharedApp } from './support/start-app.js';
import { claimsOf, sidOf } from './support/tokens.js';

/* eslint-disable typescript/no-explicit-any -- options and answers are JSON of every shape */

const PASSKEYS = '/v1/users/me/authenticators/passkeys';

describe('sign-ins by passkeys', () => {
  let app: TestApp;
  let user: TestUser;
  let device: VirtualAuthenticator;
  beforeAll(async () => {
    app = await sharedApp({ MFA: 'optional' });
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    user = await signedIn(app);
    device = new VirtualAuthenticator();
    const options = (await app.post(`${PASSKEYS}/options`, {}, { token: user.accessToken })).body;
    const { status, text } = await app.post(PASSKEYS, { credential: device.create(options) }, { token: user.accessToken });
    if (status !== 201) throw new Error(text);
  });

  const start = async (body: object = {}): Promise<any> => (await app.post('/v1/sign-ins/passkey', body)).body;
  const attempt = ({ id, secret }: any, answer: object): Promise<Answer> =>
    app.post(`/v1/sign-ins/${id}/attempts`, answer, { headers: { 'sign-in-secret': secret } });
  const answerWith = (signIn: any, forged: Forged = {}, on = device): Promise<Answer> =>
    attempt(signIn, { challengeId: signIn.challenge.id, credential: on.get(signIn.challenge.publicKey, forged) });
  const challengeOf = async ({ id, secret }: any): Promise<any> =>
    (await app.post(`/v1/sign-ins/${id}/challenges`, { type: 'passkey' }, { headers: { 'sign-in-secret': secret } })).body;

  it('need neither an address nor a password, and reach the second level', async () => {
    const signIn = await start();
    expect(signIn).toMatchObject({
      status: 'needs_first_factor',
      secret: expect.any(String),
      challenge: { type: 'passkey', publicKey: { rpId: RP_ID, allowCredentials: [], userVerification: 'required' } },
    });
    expect(signIn.factors).toContainEqual({ type: 'passkey', role: 'first' });
    const { status, body } = await answerWith(signIn);
    expect([status, body.status, body.session.user.id]).toEqual([200, 'complete', user.id]);
    const { acr, amr } = claimsOf(body.session.accessToken);
    expect([acr, amr]).toEqual(['urn:latchkey:aal2', ['swk', 'user', 'mfa']]);
    expect((await app.get(PASSKEYS, { token: body.session.accessToken })).body.passkeys).toHaveLength(1);
    expect((await app.post(`${PASSKEYS}/options`, {}, { token: body.session.accessToken })).status).toBe(200);
  });

  it('begin and go on like any other sign-in', async () => {
    const signIn = (await app.post('/v1/sign-ins', { identifier: user.email })).body;
    const challenge = await challengeOf(signIn);
    // The address was only typed.
    expect(challenge.publicKey.allowCredentials).toEqual([]);
    expect((await answerWith({ ...signIn, challenge })).body.status).toBe('complete');
  });

  it('keep their secrets in cookies for browsers', async () => {
    const headers = { origin: new URL(app.settings.PUBLIC_URL ?? '').origin };
    const { body, headers: told } = await app.post('/v1/sign-ins/passkey', { mode: 'cookie' }, { headers });
    expect(body.secret).toBeUndefined();
    expect(String(told['set-cookie'])).toMatch(new RegExp(`^__Host-latchkey-sign-in-${body.id}=`));
    const refused = await app.post('/v1/sign-ins/passkey', { mode: 'cookie' }, { headers: { origin: 'https://evil.test' } });
    expect([refused.status, refused.body.code]).toEqual([403, 'request.origin_refused']);
  });

  it.each<[what: string, forged: Forged]>([
    ['another origin', { origin: 'https://evil.test' }],
    ['a page inside another one', { clientData: { crossOrigin: true } }],
    ['another challenge', { clientData: { challenge: Buffer.alloc(32).toString('base64url') } }],
    ['the handle of nobody', { userHandle: Buffer.alloc(32, 1).toString('base64url') }],
  ])('with %s are refused, and the failure is on record', async (_, forged) => {
    const signIn = await start();
    const { status, body } = await answerWith(signIn, forged);
    expect([status, body.code, body.rule, body.unknownCredential]).toEqual([401, 'factor.invalid', undefined, undefined]);
    expect(await app.rows('SELECT FROM sessions WHERE user_id = $1', [user.id])).toHaveLength(1);
    expect(await app.rows(`SELECT outcome, details FROM audit_events WHERE action = 'factor.checked'`)).toContainEqual({
      outcome: 'failure',
      details: expect.objectContaining({ factor: 'passkey' }),
    });
    // The challenge is used up; the sign-in goes on with another one.
    expect((await answerWith({ ...signIn, challenge: await challengeOf(signIn) })).body.status).toBe('complete');
  });

  it('end after ten wrong answers', async () => {
    const signIn = await start();
    for (let tried = 0; tried < 10; tried += 1) {
      const again = { ...signIn, challenge: await challengeOf(signIn) };
      expect((await answerWith(again, { origin: 'https://evil.test' })).status).toBe(401);
    }
    const { status, body } = await attempt(signIn, {
      challengeId: signIn.challenge.id,
      credential: device.get(signIn.challenge.publicKey),
    });
    expect([status, body.code]).toEqual([410, 'sign_in.expired']);
  });

  it('open one session, however often the same answer comes at once', async () => {
    const signIn = await start();
    const credential = device.get(signIn.challenge.publicKey);
    const answers = await Promise.all(Array.from({ length: 9 }, () => attempt(signIn, { challengeId: signIn.challenge.id, credential })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await app.rows('SELECT FROM sessions WHERE user_id = $1', [user.id])).toHaveLength(2);
  });

  it('name the members that are wrong', async () => {
    const signIn = await start();
    const { status, body } = await attempt(signIn, {
      challengeId: signIn.challenge.id,
      credential: { id: '', type: 'public-key', response: 1 },
    });
    expect([status, body.errors.map(({ pointer, rule }: any) => [pointer, rule])]).toEqual([422, [['/credential/response', 'isObject']]]);
  });

  it('by a passkey that was removed say so, for the browser', async () => {
    const signIn = await start();
    await app.rows('DELETE FROM authenticators WHERE user_id = $1', [user.id]);
    const { status, body } = await answerWith(signIn);
    expect([status, body.code]).toEqual([401, 'factor.invalid']);
    expect(body.unknownCredential).toEqual({ rpId: RP_ID, credentialId: expect.any(String) });
  });

  it('to a disabled account are refused', async () => {
    await app.rows('UPDATE users SET disabled_at = now() WHERE id = $1', [user.id]);
    const { status, body } = await answerWith(await start());
    expect([status, body.code]).toEqual([403, 'auth.account_disabled']);
  });

  it('show a passkey as the second factor after the password', async () => {
    const signIn = (await app.post('/v1/sign-ins', { identifier: user.email, password: user.password, requiredAal: 2 })).body;
    expect(signIn.status).toBe('needs_second_factor');
    expect(signIn.factors[0]).toEqual({ type: 'passkey', role: 'second' });
    const challenge = await challengeOf(signIn);
    expect(challenge.publicKey.allowCredentials).toHaveLength(1);
    const { body } = await answerWith({ ...signIn, challenge }, { userHandle: null });
    expect(claimsOf(body.session.accessToken).amr).toEqual(['pwd', 'swk', 'user', 'mfa']);
  });

  it('do not ask for a passkey after a password that is enough', async () => {
    expect((await app.post('/v1/auth/login', { identifier: user.email, password: user.password })).status).toBe(200);
  });

  it('are one factor, however often it is shown, where the passkey is not known to have verified its user', async () => {
    const unknown = () => app.rows('UPDATE passkeys SET uv_initialized = false');
    const stepUpOf = async (token: string): Promise<any> => {
      const signIn = (await app.post('/v1/sign-ins', { purpose: 'step_up', requiredAal: 2 }, { token })).body;
      return (await answerWith({ ...signIn, challenge: await challengeOf(signIn) })).body;
    };
    await unknown();
    const { body: opened } = await answerWith(await start());
    expect(claimsOf(opened.session.accessToken).acr).toBe('urn:latchkey:aal1');
    await unknown();
    const again = await stepUpOf(opened.session.accessToken);
    expect([again.status, again.session]).toEqual(['needs_second_factor', undefined]);
    await unknown();
    expect((await stepUpOf(user.accessToken)).status).toBe('complete');
  });

  it('raise a session by the account’s own passkey only', async () => {
    const stepUp = async (): Promise<any> =>
      (await app.post('/v1/sign-ins', { purpose: 'step_up', requiredAal: 2 }, { token: user.accessToken })).body;
    const other = new VirtualAuthenticator();
    const stranger = await signedIn(app);
    const options = (await app.post(`${PASSKEYS}/options`, {}, { token: stranger.accessToken })).body;
    await app.post(PASSKEYS, { credential: other.create(options) }, { token: stranger.accessToken });
    const first = await stepUp();
    const asked = await challengeOf(first);
    expect(asked.publicKey.allowCredentials).toHaveLength(1);
    const foreign = other.get({ ...asked.publicKey, allowCredentials: [] });
    expect((await attempt(first, { challengeId: asked.id, credential: foreign })).body.code).toBe('factor.invalid');
    const { body } = await answerWith({ ...first, challenge: await challengeOf(first) });
    expect(body.status).toBe('complete');
    expect(sidOf(body.session.accessToken)).toBe(sidOf(user.accessToken));
    expect(claimsOf(body.session.accessToken).acr).toBe('urn:latchkey:aal2');
  });
});

describe('setting up a passkey in a sign-in', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp({ MFA: 'required' });
  });
  afterAll(() => app.stop());

  const at = ({ id, secret }: any, path: string, body: object): Promise<Answer> =>
    app.post(`/v1/sign-ins/${id}/authenticators/passkeys${path}`, body, { headers: { 'sign-in-secret': secret } });

  it('completes it, with recovery codes and what browsers should know', async () => {
    const { email, password, id } = await register(app);
    const refused = await app.post('/v1/auth/login', { identifier: email, password });
    expect([refused.status, refused.body.code]).toEqual([403, 'auth.enrollment_required']);
    const { signIn } = refused.body;
    expect(signIn.factors).toContainEqual({ type: 'passkey', role: 'second' });
    const device = new VirtualAuthenticator();
    const { status, body } = await at(signIn, '', { name: 'Key', credential: device.create((await at(signIn, '/options', {})).body) });
    expect([status, body.status, body.passkey.name, body.session.user.id]).toEqual([200, 'complete', 'Key', id]);
    expect(body.recoveryCodes).toHaveLength(10);
    expect(body.signal.allAcceptedCredentialIds).toEqual([body.passkey.credentialId]);
    expect(claimsOf(body.session.accessToken)).toMatchObject({ acr: 'urn:latchkey:aal2', amr: ['pwd', 'swk', 'user', 'mfa'] });
    expect((await app.post('/v1/auth/login', { identifier: email, password })).body.code).toBe('auth.second_factor_required');
  });

  it('takes no answer of another sign-in, none twice, and none without the secret', async () => {
    const { email, password } = await register(app);
    const begin = async (): Promise<any> => (await app.post('/v1/auth/login', { identifier: email, password })).body.signIn;
    const [first, second] = [await begin(), await begin()];
    const device = new VirtualAuthenticator();
    const credential = device.create((await at(first, '/options', {})).body);
    expect((await at({ ...first, secret: second.secret }, '', { credential })).body.code).toBe('sign_in.not_found');
    const crossed = await at(second, '', { credential });
    expect([crossed.status, crossed.body.code, crossed.body.rule]).toEqual([422, 'passkey.rejected', 'challenge']);
    expect((await at(first, '', { credential })).body.status).toBe('complete');
    expect((await at(first, '', { credential })).body.code).toBe('sign_in.wrong_state');
    // Meanwhile the account has a factor, which the other sign-in has to show.
    expect((await at(second, '/options', {})).body.code).toBe('sign_in.wrong_state');
  });

  it('adds none where the sign-in ends meanwhile, for nobody would ever see the recovery codes', async () => {
    const { email, password, id } = await register(app);
    const { signIn } = (await app.post('/v1/auth/login', { identifier: email, password })).body;
    const credential = new VirtualAuthenticator().create((await at(signIn, '/options', {})).body);
    const other = await app.db.connect();
    try {
      await other.query('BEGIN');
      await other.query('UPDATE sign_ins SET expires_at = now() WHERE id = $1', [signIn.id]);
      const adding = at(signIn, '', { credential });
      await poll('the last step to wait for the row', async () => {
        const [waiting] = await app.rows(
          `SELECT 1 FROM pg_stat_activity WHERE query LIKE '%UPDATE sign_ins%' AND wait_event_type = 'Lock' AND datname = current_database()`,
        );
        return waiting;
      });
      await other.query('COMMIT');
      expect((await adding).status).toBeGreaterThanOrEqual(409);
    } finally {
      other.release();
    }
    expect(await factorsOf(app, id)).toEqual([]);
    expect(await app.rows('SELECT FROM recovery_codes WHERE user_id = $1', [id])).toEqual([]);
  });
});
