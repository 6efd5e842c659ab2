import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { UsersService } from '../src/users/users.service.js';
import { PasskeyFactor } from '../src/auth/factors/passkeys/passkey-factor.service.js';
import { PasskeysRepository } from '../src/auth/factors/passkeys/passkeys.repository.js';
import type { FactorAnswer, PassedFactor, SignInState } from '../src/auth/factors/factor.js';
import type { Caller } from '../src/common/caller.js';
import { AppError } from '../src/common/errors.js';
import { type TestUser, signedIn } from './support/accounts.js';
import { type Forged, ORIGIN, RP_ID, VirtualAuthenticator } from './support/passkeys.js';
import { type Answer, type TestApp, sharedApp } from './support/start-app.js';

/* eslint-disable typescript/no-explicit-any -- options and answers are JSON of every shape */

const CALLER: Caller = { ip: '203.0.113.7', userAgent: null, requestId: 'test', limits: [] };

const PATH = '/v1/users/me/authenticators/passkeys';

describe('passkeys', () => {
  let app: TestApp;
  let user: TestUser;
  let device: VirtualAuthenticator;
  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    await app.rows('TRUNCATE authenticators, webauthn_challenges CASCADE');
    user = await signedIn(app, { firstName: 'Ada', lastName: 'Lovelace' });
    device = new VirtualAuthenticator();
  });

  const optionsOf = async ({ accessToken: token }: TestUser = user): Promise<any> =>
    (await app.post(`${PATH}/options`, {}, { token })).body;
  const add = (credential: object, name?: string, { accessToken: token }: TestUser = user): Promise<Answer> =>
    app.post(PATH, { credential, ...(name === undefined ? {} : { name }) }, { token });
  const register = async (owner: TestUser = user, on: VirtualAuthenticator = device): Promise<Answer> =>
    add(on.create(await optionsOf(owner)), undefined, owner);
  /** The same session, as if its owner had shown a second factor. */
  const stepUp = async (): Promise<void> => {
    await app.rows(`UPDATE sessions SET aal = 2 WHERE user_id = $1`, [user.id]);
    const { accessToken, refreshToken } = (await app.post('/v1/auth/refresh', { refreshToken: user.refreshToken })).body;
    user = { ...user, accessToken, refreshToken };
  };
  const stateOf = (fields: Partial<SignInState> = {}): SignInState => ({
    id: randomUUID(),
    begunAt: new Date(),
    purpose: 'sign_in',
    identifier: null,
    userId: null,
    passed: [],
    ...fields,
  });
  const passwordOf = ({ id }: TestUser): PassedFactor => ({
    type: 'password',
    userId: id,
    authenticatorId: null,
    methods: ['pwd'],
    level: 1,
  });
  const factor = (): PasskeyFactor => app.nest.get(PasskeyFactor);
  const accountOf = (id: string) => app.nest.get(UsersService).getById(id);
  const challenge = async (state: SignInState): Promise<any> => factor().challenge(state);
  const attempt = (state: SignInState, answer: FactorAnswer): Promise<PassedFactor> => factor().attempt(state, answer, CALLER);
  /** Signs in by the device's passkey, as a first factor. */
  const prove = async (forged: Forged = {}, state = stateOf(), on = device): Promise<PassedFactor> => {
    const { id, publicKey } = await challenge(state);
    return attempt(state, { challengeId: id, credential: on.get(publicKey, forged) });
  };
  const failureOf = async (work: Promise<unknown>): Promise<AppError> => {
    const error: unknown = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof AppError)) throw new Error(`no expected failure: ${String(error)}`);
    return error;
  };

  describe('the options of a registration', () => {
    it('ask for a passkey that names the account and verifies its user', async () => {
      expect(await optionsOf()).toMatchObject({
        rp: { id: RP_ID, name: 'Latchkey' },
        user: { name: user.email, displayName: 'Ada Lovelace' },
        timeout: 300_000,
        excludeCredentials: [],
        authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
        attestation: 'none',
      });
    });

    it('have a challenge of 256 bits, another one each time, and the same 32 random bytes for the account', async () => {
      const [first, second] = [await optionsOf(), await optionsOf()];
      expect(Buffer.from(first.challenge, 'base64url')).toHaveLength(32);
      expect(first.challenge).not.toBe(second.challenge);
      expect(Buffer.from(first.user.id, 'base64url')).toHaveLength(32);
      expect(first.user.id).toBe(second.user.id);
    });

    it('exclude the passkeys that the account has', async () => {
      const { body } = await register();
      await stepUp();
      const { excludeCredentials } = await optionsOf();
      expect(excludeCredentials).toEqual([{ id: body.credentialId, type: 'public-key', transports: ['internal', 'hybrid'] }]);
    });

    it('need a proof that was shown within five minutes', async () => {
      await app.rows(`UPDATE sessions SET auth_time = now() - interval '6 minutes' WHERE user_id = $1`, [user.id]);
      const { accessToken } = (await app.post('/v1/auth/refresh', { refreshToken: user.refreshToken })).body;
      for (const path of [`${PATH}/options`, PATH]) {
        const answer = await app.post(path, { credential: {} }, { token: accessToken });
        expect([answer.status, answer.body.code, answer.body.maxAge]).toEqual([401, 'auth.step_up_required', 300]);
      }
    });

    it('leave few rows behind, however often somebody asks', async () => {
      for (let asked = 0; asked < 8; asked += 1) await optionsOf();
      expect(await app.rows('SELECT FROM webauthn_challenges')).toHaveLength(5);
      await app.rows(`UPDATE webauthn_challenges SET expires_at = now() - interval '1 second'`);
      await challenge(stateOf());
      expect(await app.rows('SELECT FROM webauthn_challenges')).toHaveLength(1);
    });
  });

  describe('a registration', () => {
    it('adds a passkey that works from then on', async () => {
      const options = await optionsOf();
      const { status, body } = await add(device.create(options), 'My phone');
      expect(status).toBe(201);
      expect(body).toMatchObject({
        name: 'My phone',
        maker: null,
        transports: ['internal', 'hybrid'],
        backupEligible: true,
        backedUp: true,
      });
      expect(body.signal).toEqual({
        rpId: RP_ID,
        userId: options.user.id,
        allAcceptedCredentialIds: [body.credentialId],
        name: user.email,
        displayName: 'Ada Lovelace',
      });
      const passed = await prove();
      expect(passed).toEqual({ type: 'passkey', userId: user.id, authenticatorId: body.id, methods: ['swk', 'user'], level: 2 });
    });

    it('names a passkey after its maker, and numbers a second one', async () => {
      const aaguid = new Uint8Array(Buffer.from('bada5566a7aa401fbd9645619a55120d', 'hex'));
      const names: string[] = [];
      for (let made = 0; made < 3; made += 1) {
        names.push((await register(user, new VirtualAuthenticator({ aaguid }))).body.name);
        await stepUp();
      }
      expect(names).toEqual(['1Password', '1Password (2)', '1Password (3)']);
      const { passkeys } = (await app.get(PATH, { token: user.accessToken })).body;
      expect(passkeys.map(({ maker }: any) => maker)).toEqual(['1Password', '1Password', '1Password']);
    });

    it('comes with recovery codes if it is the first second factor, and its owner gets a mail', async () => {
      const before = await app.mailbox.newest(user.email);
      const first = await register();
      expect(first.body.recoveryCodes).toHaveLength(10);
      expect((await app.mailbox.newest(user.email, before)).subject).toMatch(/way to sign in was added/);
      await stepUp();
      expect((await register(user, new VirtualAuthenticator())).body.recoveryCodes).toBeUndefined();
    });

    it('is on record, and in the export of the account', async () => {
      const { body } = await register();
      const { passkeys } = (await app.get('/v1/users/me/export', { token: user.accessToken })).body;
      expect(passkeys).toEqual([expect.objectContaining({ id: body.id, transports: ['internal', 'hybrid'] })]);
      const events = await app.rows(`SELECT action FROM audit_events WHERE subject_id = $1 AND action = 'authenticator.added'`, [user.id]);
      expect(events).toHaveLength(1);
    });

    it('of a session below the level that the account can reach is refused', async () => {
      await register();
      const answer = await app.post(`${PATH}/options`, {}, { token: user.accessToken });
      expect([answer.status, answer.body.code]).toEqual([401, 'auth.step_up_required']);
    });

    it.each<[rule: string, forged: Forged]>([
      ['type', { clientData: { type: 'webauthn.get' } }],
      ['origin', { origin: 'https://accounts.latchkey.test.evil.test' }],
      ['origin', { origin: `${ORIGIN}:8443` }],
      ['origin', { origin: ORIGIN.replace('https', 'http') }],
      ['cross_origin', { clientData: { crossOrigin: true } }],
      ['cross_origin', { clientData: { crossOrigin: 'yes' } }],
      ['cross_origin', { clientData: { topOrigin: 'https://evil.test' } }],
      ['rp_id', { rpId: 'evil.test' }],
      ['user_verification', { flags: { userVerified: false } }],
      ['user_presence', { flags: { userPresent: false } }],
      ['backup_state', { flags: { backupEligibility: false, backupState: true } }],
    ])('that breaks the rule %s is refused (%o)', async (rule, forged) => {
      const answer = await add(device.create(await optionsOf(), forged));
      expect([answer.status, answer.body.code, answer.body.rule]).toEqual([422, 'passkey.rejected', rule]);
      expect(await app.rows('SELECT FROM authenticators')).toEqual([]);
    });

    it('with an algorithm that was not asked for is refused', async () => {
      const options = await optionsOf();
      const made = device.create({ ...options, pubKeyCredParams: [{ type: 'public-key', alg: -7 }] });
      // ES256 (-7 is 0x26) becomes ES256K (-47), which no options of this server name.
      const hex = Buffer.from(made.response.attestationObject, 'base64url').toString('hex');
      const attestationObject = Buffer.from(
        hex.replace('a501020326', 'a5010203382e').replace(/68617574684461746158(..)/, longer),
        'hex',
      ).toString('base64url');
      const answer = await add({ ...made, response: { ...made.response, attestationObject } });
      expect([answer.status, answer.body.rule]).toEqual([422, 'algorithm']);
    });

    it('answers a challenge once, and only in the session that asked', async () => {
      const credential = device.create(await optionsOf());
      const other = await signedIn(app);
      const stolen = await add(credential, undefined, other);
      expect([stolen.status, stolen.body.rule]).toEqual([422, 'challenge']);
      expect((await add(credential)).status).toBe(201);
      const again = await signedIn(app);
      const replayed = await add(credential, undefined, again);
      expect([replayed.status, replayed.body.rule]).toEqual([422, 'challenge']);
    });

    it('answers no challenge that is made up, expired, or of a sign-in', async () => {
      const options = await optionsOf();
      const madeUp = { ...options, challenge: Buffer.alloc(32, 7).toString('base64url') };
      expect((await add(device.create(madeUp))).body.rule).toBe('challenge');
      const { publicKey } = await challenge(stateOf());
      expect((await add(device.create({ ...options, challenge: publicKey.challenge }))).body.rule).toBe('challenge');
      await app.rows(`UPDATE webauthn_challenges SET expires_at = now() - interval '1 second'`);
      expect((await add(device.create(options))).body.rule).toBe('challenge');
    });

    it('uses a challenge up, whatever is sent for it', async () => {
      const options = await optionsOf();
      expect((await add(device.create(options, { origin: 'https://evil.test' }))).body.rule).toBe('origin');
      expect((await add(device.create(options))).body.rule).toBe('challenge');
    });

    it('of one challenge in 20 requests at once adds one passkey', async () => {
      const credential = device.create(await optionsOf());
      const answers = await Promise.all(Array.from({ length: 20 }, () => add(credential)));
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      // Those that come after it lack the second level, which the account can reach from then on.
      expect(new Set(answers.filter(({ status }) => status !== 201).map(({ body }) => body.code))).not.toContain('server.error');
      expect(await app.rows('SELECT FROM authenticators')).toHaveLength(1);
    });

    it('of a passkey that some account has is refused', async () => {
      const first = device.create(await optionsOf());
      const second = device.create({ ...(await optionsOf()), excludeCredentials: [] });
      expect((await add(first)).status).toBe(201);
      // The same credential again, with a challenge of another session.
      const other = await signedIn(app);
      const { challenge: asked } = await optionsOf(other);
      const response = { ...first.response, clientDataJSON: second.response.clientDataJSON };
      const clientData = JSON.parse(Buffer.from(response.clientDataJSON, 'base64url').toString());
      response.clientDataJSON = Buffer.from(JSON.stringify({ ...clientData, challenge: asked })).toString('base64url');
      const answer = await add({ ...first, response }, undefined, other);
      expect([answer.status, answer.body.code]).toEqual([409, 'authenticator.exists']);
      expect(await app.rows('SELECT FROM authenticators WHERE user_id = $1', [other.id])).toEqual([]);
    });

    it('names every member of the credential that is wrong', async () => {
      const { status, body } = await add({ id: 'a b', type: 'password', response: { attestationObject: 7 } });
      expect(status).toBe(422);
      expect(body.errors.map(({ pointer, rule }: any) => [pointer, rule])).toEqual([['/credential/type', 'isIn']]);
      const wrong = await add({ id: 'a b', rawId: 'c', type: 'public-key', response: { attestationObject: 7 } });
      expect(wrong.body.errors.map(({ pointer, rule }: any) => [pointer, rule])).toEqual([
        ['/credential/id', 'matches'],
        ['/credential/rawId', 'matches'],
        ['/credential/response/clientDataJSON', 'required'],
        ['/credential/response/attestationObject', 'isString'],
      ]);
    });

    it.each([
      '',
      'o2NmbXQ',
      '_w',
      'v'.repeat(30_000),
      Buffer.from(`9f${'9f'.repeat(20_000)}`, 'hex')
        .toString('base64url')
        .slice(0, 32_000),
    ])('of bytes that mean nothing is refused (%#)', async (attestationObject) => {
      const made = device.create(await optionsOf());
      const answer = await add({ ...made, response: { ...made.response, attestationObject } });
      expect([answer.status, answer.body.rule ?? answer.body.errors[0].rule]).toEqual([
        422,
        attestationObject === '' ? 'matches' : 'credential',
      ]);
    });
  });

  describe('a sign-in by a passkey', () => {
    beforeEach(async () => {
      await register();
    });

    it('needs no address: the options name nobody, whoever asks', async () => {
      const { publicKey } = await challenge(stateOf());
      expect(publicKey).toMatchObject({ rpId: RP_ID, allowCredentials: [], userVerification: 'required', timeout: 300_000 });
      const named = await challenge(stateOf({ userId: user.id }));
      expect(named.publicKey.allowCredentials).toEqual([]);
    });

    it('names the passkeys of the account once another factor has passed', async () => {
      const state = stateOf({ userId: user.id, passed: [passwordOf(user)] });
      const { publicKey } = await challenge(state);
      expect(publicKey.allowCredentials).toHaveLength(1);
      expect(await factor().offersOf(await accountOf(user.id))).toEqual([{ type: 'passkey', role: 'second' }]);
      expect(await factor().offersOf(await accountOf((await signedIn(app)).id))).toEqual([]);
      expect(await prove({ userHandle: null }, state)).toMatchObject({ userId: user.id, level: 2 });
    });

    it.each<[what: string, forged: Forged]>([
      ['another type', { clientData: { type: 'webauthn.create' } }],
      ['another origin', { origin: 'https://evil.test' }],
      ['a subdomain', { origin: 'https://evil.accounts.latchkey.test' }],
      ['a page inside another one', { clientData: { crossOrigin: true } }],
      ['a page below another one', { clientData: { crossOrigin: true, topOrigin: 'https://evil.test' } }],
      ['another challenge', { clientData: { challenge: Buffer.alloc(32).toString('base64url') } }],
      ['no user handle', { userHandle: null }],
      ['the handle of nobody', { userHandle: Buffer.alloc(32, 1).toString('base64url') }],
    ])('with %s is refused', async (_, forged) => {
      expect((await failureOf(prove(forged))).code).toBe('factor.invalid');
      expect(await prove()).toMatchObject({ userId: user.id });
    });

    it('for another domain is refused', async () => {
      const elsewhere = new VirtualAuthenticator();
      const options = await challenge(stateOf());
      elsewhere.create({
        rp: { id: 'evil.test', name: 'x' },
        user: { id: 'AAAA', name: 'x', displayName: 'x' },
        challenge: 'AA',
        pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
        excludeCredentials: [],
      });
      const stolen = elsewhere.get({ ...options.publicKey, rpId: 'evil.test' });
      const [mine] = await app.rows<{ credential_id: Buffer }>('SELECT credential_id FROM passkeys');
      const id = mine?.credential_id.toString('base64url');
      expect((await failureOf(attempt(stateOf(), { credential: { ...stolen, id, rawId: id } }))).code).toBe('factor.invalid');
    });

    it('without a verified user is refused', async () => {
      const state = stateOf();
      const { id, publicKey } = await challenge(state);
      device.emulator.params = { ...device.emulator.params, userGetAssertionInteraction: () => ({ options: { up: true, uv: false } }) };
      const failure = await failureOf(attempt(state, { challengeId: id, credential: device.get(publicKey) }));
      expect([failure.code, (failure.cause as any).rule]).toEqual(['factor.invalid', 'user_verification']);
    });

    it('with a changed signature is refused', async () => {
      const state = stateOf();
      const { id, publicKey } = await challenge(state);
      const made = device.get(publicKey);
      const bytes = Buffer.from(made.response.signature, 'base64url');
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      const credential = { ...made, response: { ...made.response, signature: bytes.toString('base64url') } };
      expect((await failureOf(attempt(state, { challengeId: id, credential }))).code).toBe('factor.invalid');
    });

    it('answers a challenge once, of its own sign-in only, within five minutes', async () => {
      const [state, other] = [stateOf(), stateOf()];
      const { id, publicKey } = await challenge(state);
      const { id: otherId } = await challenge(other);
      const credential = device.get(publicKey);
      expect((await failureOf(attempt(other, { challengeId: otherId, credential }))).code).toBe('factor.invalid');
      expect((await failureOf(attempt(other, { challengeId: id, credential }))).code).toBe('factor.invalid');
      expect((await failureOf(attempt(state, { challengeId: 'nonsense', credential }))).code).toBe('factor.invalid');
      expect(await attempt(state, { challengeId: id, credential })).toMatchObject({ userId: user.id });
      expect((await failureOf(attempt(state, { challengeId: id, credential }))).code).toBe('factor.invalid');
      const late = await challenge(state);
      await app.rows(`UPDATE webauthn_challenges SET expires_at = now() - interval '1 second'`);
      expect((await failureOf(attempt(state, { challengeId: late.id, credential: device.get(late.publicKey) }))).code).toBe(
        'factor.invalid',
      );
    });

    it('passes once when the same answer comes 20 times at once', async () => {
      const state = stateOf();
      const { id, publicKey } = await challenge(state);
      const credential = device.get(publicKey);
      const results = await Promise.allSettled(Array.from({ length: 20 }, () => attempt(state, { challengeId: id, credential })));
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    it('by the passkey of another account is refused as a second factor', async () => {
      const other = await signedIn(app);
      const state = stateOf({ userId: other.id, passed: [passwordOf(other)] });
      const { id, publicKey } = await challenge(state);
      const credential = device.get(publicKey);
      const failure = await failureOf(attempt(state, { challengeId: id, credential }));
      expect([failure.code, failure.members]).toEqual(['factor.invalid', undefined]);
    });

    it('by a passkey that was removed tells the browser to stop offering it', async () => {
      await app.rows('DELETE FROM authenticators WHERE user_id = $1', [user.id]);
      const failure = await failureOf(prove());
      expect(failure.code).toBe('factor.invalid');
      expect(failure.members).toEqual({ unknownCredential: { rpId: RP_ID, credentialId: expect.stringMatching(/^[\w-]{20,}$/) } });
    });

    it('with a count that does not rise is refused, and on record', async () => {
      await app.rows('UPDATE passkeys SET sign_count = 40');
      expect((await failureOf(prove())).code).toBe('factor.invalid');
      expect(await app.rows(`SELECT outcome, details FROM audit_events WHERE action = 'passkey.counter_regressed'`)).toEqual([
        { outcome: 'failure', details: expect.objectContaining({ stored: 40 }) },
      ]);
      expect(await app.rows('SELECT sign_count FROM passkeys')).toEqual([{ sign_count: '40' }]);
    });

    it('with a count that stays 0 passes', async () => {
      const still = new VirtualAuthenticator({ signCounterIncrement: 0 });
      const owner = await signedIn(app);
      await register(owner, still);
      for (let shown = 0; shown < 2; shown += 1) expect(await prove({}, stateOf(), still)).toMatchObject({ userId: owner.id });
    });

    it('notes the count and the time of its use', async () => {
      await prove();
      const [row] = await app.rows<any>('SELECT sign_count, last_used_at FROM passkeys JOIN authenticators ON id = authenticator_id');
      expect(Number(row.sign_count)).toBeGreaterThan(0);
      expect(row.last_used_at).toBeInstanceOf(Date);
    });

    it('by a passkey that says something else about copies than at its registration is refused', async () => {
      await app.rows('UPDATE passkeys SET backup_eligible = false');
      const failure = await failureOf(prove());
      expect([failure.code, (failure.cause as any).rule]).toEqual(['factor.invalid', 'backup_state']);
    });

    it('by a passkey that never verified its user counts as one factor, until another factor vouches for it', async () => {
      await app.rows('UPDATE passkeys SET uv_initialized = false');
      expect(await prove()).toMatchObject({ level: 1, methods: ['swk'] });
      expect(await prove({}, stateOf({ userId: user.id, passed: [passwordOf(user)] }))).toMatchObject({ level: 1 });
      expect(await prove()).toMatchObject({ level: 2, methods: ['swk', 'user'] });
    });
  });

  it('are listed for their owner, with what browsers should know', async () => {
    const { body } = await register();
    const listed = (await app.get(PATH, { token: user.accessToken })).body;
    expect(listed.passkeys).toEqual([expect.objectContaining({ id: body.id, name: 'Passkey', lastUsedAt: null })]);
    expect(listed.signal).toEqual(body.signal);
  });

  it('move here from another server with the id by which authenticators know the account', async () => {
    const handle = Buffer.alloc(16, 7);
    const made = device.create({ ...(await optionsOf()), user: { id: handle.toString('base64url'), name: 'x', displayName: 'x' } });
    const newcomer = await signedIn(app);
    const id = randomUUID();
    await app.rows(`INSERT INTO authenticators (id, user_id, type, name, confirmed_at) VALUES ($1, $2, 'passkey', 'Old', now())`, [
      id,
      newcomer.id,
    ]);
    const credentialId = Buffer.from(made.id, 'base64url');
    const passkey = {
      authenticatorId: id,
      credentialId,
      publicKey: publicKeyIn(made),
      signCount: 0,
      aaguid: '00000000-0000-0000-0000-000000000000',
      transports: [],
      backupEligible: false,
      backupKnown: false,
      backedUp: false,
      uvInitialized: false,
    };
    const passkeys = app.nest.get(PasskeysRepository, { strict: false });
    expect((await passkeys.findKnown([credentialId], [handle])).credentialIds.size).toBe(0);
    await passkeys.insertMoved([passkey], [{ userId: newcomer.id, handle }]);
    const known = await passkeys.findKnown([credentialId, Buffer.from('other')], [handle]);
    expect([[...known.credentialIds], [...known.handles]]).toEqual([[credentialId.toString('hex')], [handle.toString('hex')]]);
    // What the other server did not know of it, its first use tells; from then on it is fixed.
    expect(await prove()).toMatchObject({ userId: newcomer.id, level: 1, methods: ['swk'] });
    expect(await app.rows('SELECT backup_known, backup_eligible, backed_up FROM passkeys WHERE authenticator_id = $1', [id])).toEqual([
      { backup_known: true, backup_eligible: true, backed_up: true },
    ]);
  });

  it('have no related origins unless the settings list some', async () => {
    const { status, body, headers } = await app.get('/.well-known/webauthn');
    expect([status, body, headers['content-type']]).toEqual([200, { origins: [] }, expect.stringContaining('application/json')]);
  });
});

/** The header of a byte string that got one byte longer. */
function longer(_: string, length: string): string {
  return `68617574684461746158${(Number.parseInt(length, 16) + 1).toString(16).padStart(2, '0')}`;
}

/** The COSE key at the end of what an authenticator made: it comes after the id of the credential. */
function publicKeyIn({ id, response }: any): Buffer {
  const bytes = Buffer.from(response.attestationObject, 'base64url');
  const credentialId = Buffer.from(id, 'base64url');
  return bytes.subarray(bytes.indexOf(credentialId) + credentialId.length);
}
