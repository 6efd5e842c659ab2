import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshEmail, register, signedInAs } from './support/accounts.js';
import { poll } from './support/poll.js';
import { askForCode, attempt, begin, withTotp, wrongCode } from './support/sign-ins.js';
import { SmsGateway } from './support/sms-gateway.js';
import { type TestApp, sharedApp, startApp } from './support/start-app.js';
import { claimsOf } from './support/tokens.js';

let serial = 0;
const freshNumber = (): string => `+1202555${String(1000 + (serial += 1))}`;

describe('signing in by a texted code', () => {
  let app: TestApp;
  let gateway: SmsGateway;
  beforeAll(async () => {
    gateway = await SmsGateway.start();
    app = await startApp({ SMS_CODE: 'on', SMS_URL: gateway.url, SMS_CODE_DOMAIN: 'app.example.com' });
  });
  afterAll(async () => {
    await app.stop();
    gateway.stop();
  });

  const proven = async (fields: Record<string, unknown> = {}): Promise<{ id: string; mobile: string; email: string }> => {
    const mobile = freshNumber();
    const user = await register(app, { mobile, ...fields });
    await app.rows('UPDATE users SET mobile_verified_at = now() WHERE id = $1', [user.id]);
    return { ...user, mobile };
  };
  const texted = async (signIn: { id: string; secret: string }, to: string) => {
    const before = gateway.texts.filter((each) => each.to === to).length;
    const asked = await askForCode(app, signIn, 'sms_code');
    expect(asked.status).toBe(201);
    const message = await poll(`a text to ${to}`, () => gateway.texts.filter((each) => each.to === to)[before]);
    return { body: asked.body, message: message.text, answer: { challengeId: asked.body.id, code: message.text.slice(0, 8) } };
  };
  const sessionsOf = async (userId: string): Promise<number> =>
    (await app.rows('SELECT 1 FROM sessions WHERE user_id = $1', [userId])).length;

  it('is offered as what it is, and opens a session', async () => {
    const { id, mobile } = await proven();
    const signIn = await begin(app, { identifier: mobile });
    expect(signIn.factors).toContainEqual({ type: 'sms_code', role: 'first', restricted: true });
    const { answer, body, message } = await texted(signIn, mobile);
    expect(body).toMatchObject({ type: 'sms_code', maskedTo: `•••${mobile.slice(-2)}` });
    expect(message).toBe(
      `${answer.code} is your Latchkey code to sign in, good for 10 minutes. Never give it to anyone: we do not ask for it.\n\n@app.example.com #${answer.code}`,
    );
    expect((await attempt(app, signIn, { ...answer, code: wrongCode(answer.code) })).body.code).toBe('factor.invalid');
    const done = (await attempt(app, signIn, answer)).body;
    expect(done).toMatchObject({ status: 'complete', session: { user: { id } } });
    expect(claimsOf(done.session.accessToken)).toMatchObject({ acr: 'urn:latchkey:aal1', amr: ['sms'] });
    expect((await attempt(app, signIn, answer)).status).not.toBe(200);
    expect(await sessionsOf(id)).toBe(1);
  });

  it('stands beside a mailed code in the same sign-in', async () => {
    const { id, mobile } = await proven();
    await app.rows('UPDATE users SET email_verified_at = now() WHERE id = $1', [id]);
    const signIn = await begin(app, { identifier: mobile });
    const mailed = await askForCode(app, signIn);
    const { answer } = await texted(signIn, mobile);
    expect((await attempt(app, signIn, { challengeId: mailed.body.id, code: answer.code })).body.code).toBe('factor.invalid');
    expect((await attempt(app, signIn, answer)).body.status).toBe('complete');
  });

  it('opens one session for fifty right codes at once', async () => {
    const { id, mobile } = await proven();
    const signIn = await begin(app, { identifier: mobile });
    const { answer } = await texted(signIn, mobile);
    const answers = await Promise.all(Array.from({ length: 50 }, () => attempt(app, signIn, answer)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await sessionsOf(id)).toBe(1);
  });

  it('is no second factor', async () => {
    const user = await withTotp(app);
    await app.rows('UPDATE users SET mobile = $2, mobile_key = $2, mobile_verified_at = now() WHERE id = $1', [user.id, freshNumber()]);
    const signIn = await begin(app, { identifier: user.email, password: user.password });
    expect(signIn.factors).not.toContainEqual(expect.objectContaining({ type: 'sms_code' }));
    expect((await askForCode(app, signIn, 'sms_code')).body.code).toBe('sign_in.wrong_state');
  });

  it('goes to nobody who has not proven the number, is an administrator, or typed something else; the answer is the same', async () => {
    const unproven = freshNumber();
    await register(app, { mobile: unproven });
    const admin = await signedInAs(app, 'admin');
    const adminNumber = freshNumber();
    await app.rows('UPDATE users SET mobile = $2, mobile_key = $2, mobile_verified_at = now() WHERE id = $1', [admin.id, adminNumber]);
    const disabled = await proven();
    await app.rows('UPDATE users SET disabled_at = now() WHERE id = $1', [disabled.id]);
    const known = await proven();
    const count = gateway.texts.length;
    const answers = [];
    for (const identifier of [unproven, adminNumber, disabled.mobile, freshNumber()]) {
      const signIn = await begin(app, { identifier });
      const { status, body } = await askForCode(app, signIn, 'sms_code');
      const tried = await attempt(app, signIn, { challengeId: body.id, code: '00000000' });
      answers.push([status, Object.keys(body).toSorted().join(), tried.status, tried.body.code]);
    }
    expect(new Set(answers.map(String)).size).toBe(1);
    const byMail = await askForCode(app, await begin(app, { identifier: known.email }), 'sms_code');
    expect([byMail.status, byMail.body.maskedTo]).toEqual([201, undefined]);
    // What was queued before this one has been sent.
    await texted(await begin(app, { identifier: known.mobile }), known.mobile);
    expect(gateway.texts.slice(count).map(({ to }) => to)).toEqual([known.mobile]);
  });

  it('dies when the number is another one, or all sessions end', async () => {
    for (const harm of [
      `UPDATE users SET mobile = '+12025559999', mobile_key = '+12025559999' WHERE id = $1`,
      'UPDATE users SET mobile_verified_at = NULL WHERE id = $1',
      'UPDATE users SET session_epoch = session_epoch + 1 WHERE id = $1',
    ]) {
      const { id, mobile } = await proven();
      const signIn = await begin(app, { identifier: mobile });
      const { answer } = await texted(signIn, mobile);
      await app.rows(harm, [id]);
      expect((await attempt(app, signIn, answer)).body.code).toBe('factor.invalid');
      await app.rows('UPDATE users SET mobile = NULL, mobile_key = NULL, mobile_verified_at = NULL WHERE id = $1', [id]);
    }
  });
});

describe('texted codes', () => {
  it('are off where nobody has switched them on', async () => {
    const app = await sharedApp();
    try {
      const signIn = await begin(app, { identifier: freshNumber() });
      expect(signIn.factors).not.toContainEqual(expect.objectContaining({ type: 'sms_code' }));
      expect((await askForCode(app, signIn, 'sms_code')).body.code).toBe('auth.method_disabled');
    } finally {
      await app.stop();
    }
  });

  it('keep the limits of number, range and country, and answer as always', async () => {
    const app = await sharedApp({
      RATE_LIMIT: 'on',
      SMS_CODE: 'on',
      SMS_COUNTRIES: 'US,DE',
      LIMIT_SMS_NUMBER: '2/3600',
      LIMIT_SMS_RANGE: '3/3600',
      LIMIT_SMS_COUNTRY: '2/3600',
      LIMIT_SMS_NETWORK: '100/3600',
      LIMIT_SIGN_IN_CODES: '100/3600',
      LIMIT_REGISTER: '100/3600',
    });
    try {
      const owner = async (mobile: string): Promise<string> => {
        const { id } = await register(app, { mobile, email: freshEmail() });
        await app.rows('UPDATE users SET mobile_verified_at = now() WHERE id = $1', [id]);
        return mobile;
      };
      /** How many of so many requests were texted. */
      const sent = async (...numbers: string[]): Promise<number> => {
        for (const identifier of numbers) expect((await askForCode(app, await begin(app, { identifier }), 'sms_code')).status).toBe(201);
        const rows = await app.rows('SELECT 1 FROM sign_in_codes WHERE address = ANY ($1)', [numbers]);
        return rows.length;
      };
      const repeated = await owner('+12025552001');
      expect(await sent(repeated, repeated, repeated, repeated)).toBe(2);
      const range = await Promise.all(['+12025553001', '+12025553002', '+12025553003', '+12025553004'].map(owner));
      expect(await sent(...range)).toBe(3);
      const abroad = await Promise.all(['+4915112345678', '+4915212345678', '+4916012345678'].map(owner));
      expect(await sent(...abroad)).toBe(2);
      // A country that is not listed, and a number that costs more.
      expect(await sent(await owner('+447400123456'), await owner('+19002530000'))).toBe(0);
    } finally {
      await app.stop();
    }
  });
});
