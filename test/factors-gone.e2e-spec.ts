import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freshEmail, register, signedInAs } from './support/accounts.js';
import { forgetStep, totpCode } from './support/factors.js';
import type { FalseProvider } from './support/false-provider.js';
import { FEDERATED, addProvider, falseProvider, signInBy } from './support/federation.js';
import { VirtualAuthenticator } from './support/passkeys.js';
import {
  type TestSignIn,
  type TwoFactorUser,
  askForCode,
  attempt,
  begin,
  mailedCode,
  readSignIn,
  stepUp as raise,
  withTotp,
} from './support/sign-ins.js';
import { type TestApp, sharedApp } from './support/start-app.js';

const PASSKEYS = '/v1/users/me/authenticators/passkeys';

describe('a sign-in one of whose factors is gone before it is complete', () => {
  let app: TestApp;
  let fake: FalseProvider;
  beforeAll(async () => {
    [app, fake] = await Promise.all([sharedApp({ ...FEDERATED, SMS_CODE: 'on', SMS_COUNTRIES: 'US' }), falseProvider()]);
  });
  beforeEach(() => fake.reset());
  afterAll(() => app.stop());

  let serial = 0;
  const someone = async (fields: Record<string, unknown> = {}): Promise<TwoFactorUser> => {
    const user = await withTotp(app, fields);
    await app.rows(
      'UPDATE users SET email_verified_at = now(), mobile_verified_at = CASE WHEN mobile IS NOT NULL THEN now() END WHERE id = $1',
      [user.id],
    );
    await app.rows('DELETE FROM sessions WHERE user_id = $1', [user.id]);
    return user;
  };
  /** Gives an account an identity at the provider, which nobody else has then. */
  const federated = async ({ id }: { id: string }): Promise<{ providerId: string; sub: string }> => {
    const sub = `sub-${(serial += 1)}`;
    await app.rows('DELETE FROM identities');
    await app.rows('DELETE FROM providers');
    const providerId = await addProvider(app, { issuer: fake.issuer, signUps: true, emailTrusted: true });
    await app.rows(
      `INSERT INTO identities (id, user_id, provider_id, issuer, subject, email_verified, profile) VALUES (gen_random_uuid(), $1, $2, $3, $4, true, '{}')`,
      [id, providerId, fake.issuer, sub],
    );
    return { providerId, sub };
  };
  const sessionsOf = (id: string) => app.rows('SELECT 1 FROM sessions WHERE user_id = $1', [id]);
  const secondFactor = async (user: TwoFactorUser, signIn: TestSignIn) => {
    await forgetStep(app, user.totp.id);
    return attempt(app, signIn, { totp: totpCode(user.totp.secret) });
  };
  /** Shows the second factor, which is not enough any more. */
  const expectOver = async (user: TwoFactorUser, signIn: TestSignIn): Promise<void> => {
    expect((await readSignIn(app, signIn)).body.status).toBe('needs_second_factor');
    const { status, body } = await secondFactor(user, signIn);
    expect([status, body.code]).toEqual([410, 'sign_in.expired']);
    expect(await sessionsOf(user.id)).toEqual([]);
    expect(await app.rows('SELECT 1 FROM sign_ins WHERE id = $1 AND completed_at IS NOT NULL', [signIn.id])).toEqual([]);
  };

  it('opens as long as nothing is', async () => {
    const user = await someone();
    const { sub } = await federated(user);
    const signIn = await signInBy(app, fake, { sub });
    expect((await secondFactor(user, signIn)).body.status).toBe('complete');
  });

  it('ends with its provider', async () => {
    const user = await someone();
    const { sub, providerId } = await federated(user);
    const signIn = await signInBy(app, fake, { sub });
    const admin = await signedInAs(app, 'admin');
    const { status } = await app.call('PATCH', `/v1/providers/${providerId}`, { body: { enabled: false }, token: admin.accessToken });
    expect(status).toBe(200);
    await expectOver(user, signIn);
  });

  it('ends with its provider also where nothing else is missing, and raises no session', async () => {
    const user = await register(app);
    const { sub, providerId } = await federated(user);
    const signIn = await signInBy(app, fake, { sub });
    await app.rows('UPDATE providers SET enabled_at = NULL WHERE id = $1', [providerId]);
    for (let i = 0; i < 2; i += 1) expect((await readSignIn(app, signIn)).body.code).toBe('sign_in.expired');
    expect(await sessionsOf(user.id)).toEqual([]);

    await app.rows('UPDATE providers SET enabled_at = now() WHERE id = $1', [providerId]);
    const { accessToken: token } = (await readSignIn(app, await signInBy(app, fake, { sub }))).body.session;
    const stepUp = await begin(app, { purpose: 'step_up' }, { token });
    expect((await signInBy(app, fake, { sub }, { signIn: stepUp })).code).toBeNull();
    await app.rows('UPDATE providers SET enabled_at = NULL WHERE id = $1', [providerId]);
    expect((await readSignIn(app, stepUp)).body.code).toBe('sign_in.expired');
    expect(await app.rows(`SELECT 1 FROM audit_events WHERE action = 'session.elevated' AND subject_id = $1`, [user.id])).toEqual([]);
  });

  it('ends with its identity', async () => {
    const user = await someone();
    const { sub } = await federated(user);
    const signIn = await signInBy(app, fake, { sub });
    await app.rows('DELETE FROM identities WHERE user_id = $1', [user.id]);
    await expectOver(user, signIn);
  });

  it('ends with its passkey', async () => {
    const user = await withTotp(app);
    const token = await raise(app, user);
    const device = new VirtualAuthenticator();
    const options = (await app.post(`${PASSKEYS}/options`, {}, { token })).body;
    expect((await app.post(PASSKEYS, { credential: device.create(options) }, { token })).status).toBe(201);
    await app.rows('DELETE FROM sessions WHERE user_id = $1', [user.id]);
    await app.rows(
      'UPDATE passkeys SET uv_initialized = false WHERE authenticator_id IN (SELECT id FROM authenticators WHERE user_id = $1)',
      [user.id],
    );
    const { challenge, ...signIn } = (await app.post('/v1/sign-ins/passkey', {})).body;
    const shown = { challengeId: challenge.id, credential: device.get(challenge.publicKey) };
    expect((await attempt(app, signIn, shown)).body.status).toBe('needs_second_factor');
    await app.rows(`DELETE FROM authenticators WHERE user_id = $1 AND type = 'passkey'`, [user.id]);
    await expectOver(user, signIn);
  });

  it('ends when the address is another one', async () => {
    const user = await someone();
    const signIn = await begin(app, { identifier: user.email });
    expect((await attempt(app, signIn, (await mailedCode(app, signIn, user.email)).answer)).body.status).toBe('needs_second_factor');
    const email = freshEmail('other');
    await app.rows('UPDATE users SET email = $2, email_key = $2 WHERE id = $1', [user.id, email]);
    await expectOver(user, signIn);
  });

  it('ends when the number is another one', async () => {
    const user = await someone({ mobile: '+12025558101' });
    const signIn = await begin(app, { identifier: '+12025558101' });
    const { body } = await askForCode(app, signIn, 'sms_code');
    const { secretCode: code } = await app.mailbox.newest('+12025558101');
    expect((await attempt(app, signIn, { challengeId: body.id, code })).body.status).toBe('needs_second_factor');
    await app.rows(`UPDATE users SET mobile = '+12025558102', mobile_key = '+12025558102' WHERE id = $1`, [user.id]);
    await expectOver(user, signIn);
  });
});
