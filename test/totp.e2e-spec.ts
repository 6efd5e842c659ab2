import decodeQR from 'qr/decode.js';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestUser, signedIn } from './support/accounts.js';
import { addTotp, atLevel, confirmTotp, showFactor, totpCode, wrongTotp } from './support/factors.js';
import { type Answer, type TestApp, sharedApp } from './support/start-app.js';

const AUTHENTICATORS = '/v1/users/me/authenticators';
const CODES = 100;

describe('an authenticator app', () => {
  let app: TestApp;
  let user: TestUser;
  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    user = await signedIn(app);
  });

  const add = (body: object = {}, token = user.accessToken): Promise<Answer> => app.post(`${AUTHENTICATORS}/totp`, body, { token });
  const stored = () =>
    app.rows<{ secret: string; confirmed: boolean }>(
      'SELECT secret, confirmed_at IS NOT NULL AS confirmed FROM authenticators WHERE user_id = $1',
      [user.id],
    );

  describe('is set up', () => {
    it('by a secret that it reads as text, as a link and as a QR code', async () => {
      const { status, body } = await add({ name: ' Phone ' });
      expect(status).toBe(201);
      expect(body.secret).toMatch(/^[A-Z2-7]{32}$/);
      const account = encodeURIComponent(user.email);
      expect(body.otpauthUrl).toBe(
        `otpauth://totp/Latchkey:${account}?secret=${body.secret}&issuer=Latchkey&algorithm=SHA1&digits=6&period=30`,
      );
      expect(await readQr(body.qrSvg)).toBe(body.otpauthUrl);
      expect((await confirmTotp(app, user.accessToken, body.id, totpCode(body.secret))).status).toBe(200);
      const { totp } = (await app.get(AUTHENTICATORS, { token: user.accessToken })).body;
      expect(totp).toEqual([{ id: body.id, name: 'Phone', createdAt: expect.any(String), lastUsedAt: expect.any(String) }]);
    });

    it('and counts only once a code was right; the secret is sealed in the database', async () => {
      const { body } = await add();
      const refused = await confirmTotp(app, user.accessToken, body.id, wrongTotp(body.secret));
      expect([refused.status, refused.body.code]).toEqual([401, 'factor.invalid']);
      const [row] = await stored();
      expect(row?.confirmed).toBe(false);
      expect(row?.secret).not.toContain(body.secret);
      expect(row?.secret).toMatch(/^[\w-]{8}\.[\w-]{50,}$/);
      expect((await app.get(AUTHENTICATORS, { token: user.accessToken })).body.totp).toEqual([]);
      expect((await confirmTotp(app, user.accessToken, body.id, totpCode(body.secret))).status).toBe(200);
      expect((await app.rows('SELECT factors FROM users WHERE id = $1', [user.id]))[0]).toEqual({ factors: ['totp'] });
    });

    it('not by another account, not twice, not later than 15 min', async () => {
      const { body } = await add();
      const other = await signedIn(app);
      const code = totpCode(body.secret);
      expect((await confirmTotp(app, other.accessToken, body.id, code)).body.code).toBe('authenticator.not_found');
      expect((await confirmTotp(app, user.accessToken, 'nonsense', code)).body.code).toBe('authenticator.not_found');
      await app.rows(`UPDATE authenticators SET created_at = now() - interval '901 s' WHERE id = $1`, [body.id]);
      expect((await confirmTotp(app, user.accessToken, body.id, code)).body.code).toBe('authenticator.unconfirmed');
      await app.rows('UPDATE authenticators SET created_at = now() WHERE id = $1', [body.id]);
      const inTime = await Promise.all([0, 1, 2, 3].map(() => confirmTotp(app, user.accessToken, body.id, code)));
      expect(inTime.filter(({ status }) => status === 200)).toHaveLength(1);
      user = await atLevel(app, user);
      expect((await confirmTotp(app, user.accessToken, body.id, code)).body.code).toBe('authenticator.unconfirmed');
    });

    it('with the first one come ten recovery codes, with others none; the owner is told of each', async () => {
      const first = await addTotp(app, user.accessToken);
      expect(new Set(first.recoveryCodes).size).toBe(10);
      user = await atLevel(app, user);
      expect((await addTotp(app, user.accessToken, 'Tablet')).recoveryCodes).toEqual([]);
      const list = (await app.get(AUTHENTICATORS, { token: user.accessToken })).body;
      expect(list).toMatchObject({ password: true, passkeys: [], recoveryCodes: { left: 10 }, identities: [] });
      expect(list.totp.map(({ name }: { name: string }) => name)).toEqual(['Authenticator app', 'Tablet']);
      const mail = await app.mailbox.about('A way to sign in was added to your Latchkey account', user.email);
      expect(mail.text).toMatch(/This was added to your account at Latchkey: an\s+authenticator\s+app\./);
      expect(mail.text).toMatch(/If it was not you, go\s+to Latchkey at once/);
      expect(mail.links).toEqual([]);
      const events = await app.rows<{ action: string }>(
        `SELECT action FROM audit_events WHERE subject_id = $1 AND action ~ '^(authenticator|recovery)' ORDER BY id`,
        [user.id],
      );
      expect(events.map(({ action }) => action)).toEqual(['authenticator.added', 'recovery_codes.made', 'authenticator.added']);
    });

    it('by a proof that is not old, and by the second factor where there is one', async () => {
      const old = await atLevel(app, user, `auth_time = now() - interval '10 minutes'`);
      const late = await add({}, old.accessToken);
      expect([late.status, late.body.code, late.body.maxAge]).toEqual([401, 'auth.step_up_required', 300]);
      const { id } = await addTotp(app, (await atLevel(app, old, 'auth_time = now()')).accessToken);
      const weak = await add({}, user.accessToken);
      expect([weak.status, weak.body.code, weak.body.acrValues]).toEqual([401, 'auth.step_up_required', 'urn:latchkey:aal2']);
      expect(weak.headers['www-authenticate']).toContain('acr_values="urn:latchkey:aal2"');
      expect(await app.rows('SELECT id FROM authenticators WHERE user_id = $1', [user.id])).toEqual([{ id }]);
    });

    it('names every wrong field', async () => {
      expect((await add({ name: 'a\nb' })).body.errors).toEqual([expect.objectContaining({ pointer: '/name', rule: 'name.invalid' })]);
      const { body } = await add();
      expect((await confirmTotp(app, user.accessToken, body.id, '12345')).status).toBe(422);
    });
  });

  describe('is asked for at a sign-in', () => {
    it('and shown only to those who passed the first factor', async () => {
      await expect(showFactor(app, null as never, { totp: '123456' })).rejects.toMatchObject({ code: 'factor.invalid' });
      const { id, secret } = await addTotp(app, user.accessToken);
      expect(await showFactor(app, user.id, { totp: totpCode(secret) })).toEqual({
        type: 'totp',
        userId: user.id,
        authenticatorId: id,
        methods: ['otp'],
        level: 1,
      });
    });

    it('each code is good once: of a hundred at the same time one, and none later', async () => {
      const { secret } = await addTotp(app, user.accessToken);
      const code = totpCode(secret);
      const shown = await Promise.allSettled(Array.from({ length: CODES }, () => showFactor(app, user.id, { totp: code })));
      expect(shown.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const reasons = shown.flatMap((each) => (each.status === 'rejected' ? [(each.reason as { code: string }).code] : []));
      expect(new Set(reasons)).toEqual(new Set(['factor.invalid']));
      await expect(showFactor(app, user.id, { totp: code })).rejects.toMatchObject({ code: 'factor.invalid' });
      // The next one is good already, and then the one before it is not.
      await showFactor(app, user.id, { totp: totpCode(secret, 1) });
      await expect(showFactor(app, user.id, { totp: totpCode(secret) })).rejects.toMatchObject({ code: 'factor.invalid' });
    });

    it('a code that confirmed it is used up', async () => {
      const { body } = await add();
      const code = totpCode(body.secret);
      await confirmTotp(app, user.accessToken, body.id, code);
      await expect(showFactor(app, user.id, { totp: code })).rejects.toMatchObject({ code: 'factor.invalid' });
    });

    it('a step more away, a code is not good', async () => {
      const { secret } = await addTotp(app, user.accessToken);
      // Two away even if a step ends in between.
      for (const ahead of [-3, 3])
        await expect(showFactor(app, user.id, { totp: totpCode(secret, ahead) })).rejects.toMatchObject({ code: 'factor.invalid' });
      await showFactor(app, user.id, { totp: `${totpCode(secret).slice(0, 3)} ${totpCode(secret).slice(3)}` });
    });

    it('any of several will do, but none that was not confirmed', async () => {
      const { secret } = await addTotp(app, user.accessToken);
      user = await atLevel(app, user);
      const tablet = await addTotp(app, user.accessToken, 'Tablet');
      const unconfirmed = (await add()).body.secret;
      expect((await showFactor(app, user.id, { totp: totpCode(tablet.secret) })).authenticatorId).toBe(tablet.id);
      await showFactor(app, user.id, { totp: totpCode(secret) });
      await expect(showFactor(app, user.id, { totp: totpCode(unconfirmed) })).rejects.toMatchObject({ code: 'factor.invalid' });
    });

    it('wrong codes are on record', async () => {
      const { secret } = await addTotp(app, user.accessToken);
      await expect(showFactor(app, user.id, { totp: wrongTotp(secret) })).rejects.toMatchObject({ code: 'factor.invalid' });
      const failures = await app.rows(`SELECT outcome, details FROM audit_events WHERE subject_id = $1 AND action = 'factor.checked'`, [
        user.id,
      ]);
      expect(failures).toEqual([{ outcome: 'failure', details: { factor: 'totp' } }]);
    });
  });
});

/** What a QR code says, read from its picture. */
async function readQr(svg: string): Promise<string> {
  // Where pictures of accounts are read in the same process, drawings are refused.
  sharp.unblock({ operation: ['VipsForeignLoadSvg'] });
  const { data, info } = await sharp(Buffer.from(svg), { density: 600 }).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return decodeQR({ width: info.width, height: info.height, data });
}
