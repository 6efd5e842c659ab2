import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, freshEmail, register, signIn } from './support/accounts.js';
import { addTotp, forgetStep, totpCode } from './support/factors.js';
import { askForCode, attempt, begin } from './support/sign-ins.js';
import { type Answer, type TestApp, sharedApp } from './support/start-app.js';

/** Each from a customer of another provider. */
let networks = 0;
const freshNetwork = (): string => `198.51.${(networks += 1)}.7`;

describe('the owner of an account whose codes strangers keep asking for', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp({
      RATE_LIMIT: 'on',
      SMS_CODE: 'on',
      SMS_COUNTRIES: 'US',
      LIMIT_MAIL_ADDRESS: '2/3600',
      LIMIT_SMS_NUMBER: '2/3600',
      LIMIT_SIGN_IN_CODES: '3/3600',
      LIMIT_REGISTER: '1000/3600',
    });
  });
  afterAll(() => app.stop());

  const registered = async (mobile?: string): Promise<{ id: string; email: string }> => {
    const user = await register(app, mobile === undefined ? {} : { mobile });
    await app.rows(
      'UPDATE users SET email_verified_at = now(), mobile_verified_at = CASE WHEN mobile IS NOT NULL THEN now() END WHERE id = $1',
      [user.id],
    );
    return user;
  };
  const signInAt = async (email: string, remoteAddress: string): Promise<Record<string, string>> =>
    (await app.post('/v1/auth/login', { identifier: email, password: PASSWORD }, { remoteAddress })).body;
  /** Whether a code that can be right came of asking. */
  const gets = async (identifier: string, remoteAddress: string, { type = 'email_code', ...start }: Record<string, string> = {}) => {
    const answer = await askForCode(app, await begin(app, { identifier, ...start }, { remoteAddress }), type, { remoteAddress });
    expect(answer.status).toBe(201);
    return isSent(answer);
  };
  const isSent = async ({ body }: Answer): Promise<boolean> =>
    (await app.rows('SELECT 1 FROM sign_in_codes WHERE id = $1 AND address IS NOT NULL', [body.id])).length > 0;
  /** Strangers ask until nothing is sent any more. */
  const exhaust = async (identifier: string, type = 'email_code'): Promise<void> => {
    let sent = 0;
    while (await gets(identifier, freshNetwork(), { type })) sent += 1;
    expect(sent).toBeLessThan(5);
  };

  it('gets one where the account is signed in, or was', async () => {
    const { email } = await registered();
    const [home, office] = [freshNetwork(), freshNetwork()];
    await signInAt(email, home);
    const { accessToken = '' } = await signInAt(email, office);
    expect((await app.post('/v1/auth/logout', undefined, { token: accessToken })).status).toBe(204);
    await exhaust(email);
    for (const network of [home, office]) expect(await gets(email, network)).toBe(true);
    expect(await gets(email, freshNetwork())).toBe(false);
  });

  it('has a share that ends, too', async () => {
    const { email } = await registered();
    const home = freshNetwork();
    await signInAt(email, home);
    await exhaust(email);
    const sent = [await gets(email, home), await gets(email, home), await gets(email, home)];
    expect(sent).toEqual([true, true, false]);
  });

  it('gets one in a browser that skips the second factor, wherever it is, and whatever its neighbours ask for', async () => {
    const user = await registered();
    const { accessToken } = await signIn(app, user.email);
    const totp = await addTotp(app, accessToken);
    await forgetStep(app, totp.id);
    const half = await begin(app, { identifier: user.email, password: PASSWORD });
    const { deviceToken } = (await attempt(app, half, { totp: totpCode(totp.secret), trustDevice: true })).body;
    expect(deviceToken).toMatch(/^lkd_/);
    await app.rows('DELETE FROM sessions WHERE user_id = $1', [user.id]);
    const network = freshNetwork();
    for (let i = 0; i < 3; i += 1) await gets(user.email, network);
    await exhaust(user.email);
    const refused = await askForCode(app, await begin(app, { identifier: user.email }), 'email_code', { remoteAddress: network });
    expect(refused.status).toBe(429);
    expect(await gets(user.email, network, { deviceToken })).toBe(true);

    // Forgotten, or somebody else's, it is worth nothing.
    const other = await registered();
    await exhaust(other.email);
    expect(await gets(other.email, freshNetwork(), { deviceToken })).toBe(false);
    await app.rows('UPDATE users SET session_epoch = session_epoch + 1 WHERE id = $1', [user.id]);
    expect(await gets(user.email, freshNetwork(), { deviceToken })).toBe(false);
  });

  it('gets one to step up, wherever they are', async () => {
    const { email } = await registered();
    const { accessToken: token } = await signIn(app, email);
    await exhaust(email);
    const remoteAddress = freshNetwork();
    const stepUp = await begin(app, { purpose: 'step_up' }, { token, remoteAddress });
    expect(await isSent(await askForCode(app, stepUp, 'email_code', { remoteAddress }))).toBe(true);
  });

  it('is not whoever registered with an address that they have not proven', async () => {
    const { email } = await register(app);
    const network = freshNetwork();
    await signInAt(email, network);
    await exhaust(email);
    expect(await gets(email, network)).toBe(false);
  });

  it('gets one by text message alike', async () => {
    const mobile = '+12025557001';
    const { email } = await registered(mobile);
    const home = freshNetwork();
    await signInAt(email, home);
    await exhaust(mobile, 'sms_code');
    expect(await gets(mobile, home, { type: 'sms_code' })).toBe(true);
    expect(await gets(mobile, freshNetwork(), { type: 'sms_code' })).toBe(false);
  });

  it('is told the same as everybody', async () => {
    const { email } = await registered();
    const home = freshNetwork();
    await signInAt(email, home);
    await exhaust(email);
    const asked = await Promise.all(
      [
        [email, home],
        [email, freshNetwork()],
        [freshEmail(), home],
        [freshEmail(), freshNetwork()],
      ].map(async ([identifier = '', remoteAddress = '']) => {
        const { status, body, headers } = await askForCode(app, await begin(app, { identifier }, { remoteAddress }), 'email_code', {
          remoteAddress,
        });
        const { id: _, expiresAt: __, maskedTo, ...rest } = body;
        const limits = String(headers['ratelimit']).replaceAll(/t=\d+/g, '');
        return JSON.stringify([status, rest, String(maskedTo).slice(0, 4), limits]);
      }),
    );
    expect(new Set(asked).size).toBe(1);
  });
});
