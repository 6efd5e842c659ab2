import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TokenHousekeeping } from '../src/tokens/sessions/token-housekeeping.service.js';
import { PASSWORD, freshEmail, register, signIn, signedIn } from './support/accounts.js';
import { NEW_PASSWORD, ResetFlow, isRefused, wrongCode } from './support/password-reset.js';
import { type Answer, type TestApp, sharedApp, startApp } from './support/start-app.js';

const OWNER = '203.0.113.1';

/** Where the wrong codes for the addresses of an account are counted. */
const TALLY_OF = 'id IN (SELECT tally FROM challenges WHERE user_id = $1)';

describe('wrong codes and many mails, as weapons of strangers', () => {
  let app: TestApp;
  beforeAll(async () => {
    // Tries of a code are counted all the same.
    app = await sharedApp({ CONTRACTS: 'test-library,user-auth', CONTRACTS_OPEN: 'false' });
  });
  afterAll(() => app.stop());

  const { forgot, reset, mailFor } = new ResetFlow(() => app);
  let serial = 0;
  const freshMobile = (): string => `+1212555${5_000 + (serial += 1)}`;
  const check = (identifier: string, code: string, remoteAddress: string): Promise<Answer> =>
    app.post('/v1/auth/password/reset/check', { identifier, code }, { remoteAddress });
  /** A wrong code from each of so many networks. */
  const guess = async (identifier: string, code: string, networks: number): Promise<void> => {
    for (let i = 1; i <= networks; i += 1) expect(isRefused(await check(identifier, wrongCode(code, i), `198.51.100.${i}`))).toBe(true);
  };
  const tallies = (userId: string) =>
    app.rows<{ tries: number; window_tries: number }>(
      'SELECT tries, window_tries FROM code_tallies WHERE id IN (SELECT tally FROM challenges WHERE user_id = $1)',
      [userId],
    );

  describe('do not keep an owner out', () => {
    it('twenty wrong codes of a stranger leave the owner’s code good', async () => {
      const { id, email } = await register(app);
      const before = await app.mailbox.newest(email);
      await forgot(email, { remoteAddress: OWNER });
      const { secretCode: code, token } = await app.mailbox.newest(email, before);
      for (let i = 1; i <= 20; i += 1) expect(isRefused(await check(email, wrongCode(code, i), '198.51.100.1'))).toBe(true);
      expect(await tallies(id)).toEqual([{ tries: 0, window_tries: 5 }]);
      expect((await check(email, code, OWNER)).status).toBe(204);
      expect((await check(email, code, '203.0.113.2')).status).toBe(204);
      expect((await reset({ token })).status).toBe(204);
    });

    it('of many networks ten are looked at in 15 min; who asked for the code is not among them', async () => {
      const { id, email } = await register(app);
      const before = await app.mailbox.newest(email);
      await forgot(email, { remoteAddress: OWNER });
      const mail = await app.mailbox.newest(email, before);
      await guess(email, mail.secretCode, 20);
      expect(await tallies(id)).toEqual([{ tries: 0, window_tries: 10 }]);
      expect((await check(email, mail.secretCode, OWNER)).status).toBe(204);
      // Another network has to wait, or to ask for a code of its own.
      expect(isRefused(await check(email, mail.secretCode, '203.0.113.2'))).toBe(true);
      await app.rows(
        "UPDATE code_tallies SET window_ends_at = window_ends_at - interval '15 minutes' WHERE id IN (SELECT tally FROM challenges WHERE user_id = $1)",
        [id],
      );
      expect((await check(email, mail.secretCode, '203.0.113.2')).status).toBe(204);
      expect((await app.post('/v1/auth/password/reset/check', { token: mail.token })).status).toBe(204);
    });

    it('who asks to claim a number or an address that somebody else registered tries the code apart from all others', async () => {
      const mobile = freshMobile();
      await register(app, { email: undefined, mobile });
      await app.post('/v1/auth/mobile/verification', { mobile }, { remoteAddress: OWNER });
      const { secretCode: code } = await app.mailbox.newest(mobile);
      const claim = (tried: string, remoteAddress: string) =>
        app.post('/v1/auth/mobile/verification/confirm', { mobile, code: tried, newPassword: NEW_PASSWORD }, { remoteAddress });
      for (let i = 1; i <= 10; i += 1) expect(isRefused(await claim(wrongCode(code, i), `198.51.100.${i}`))).toBe(true);
      expect((await claim(code, OWNER)).status).toBe(200);

      const { email } = await register(app);
      const welcome = await app.mailbox.newest(email);
      await app.rows('UPDATE challenges SET superseded_at = now() WHERE address = $1', [email]);
      const again = await app.post('/v1/auth/register', { email, password: NEW_PASSWORD }, { remoteAddress: OWNER });
      expect(again.body.code).toBe('user.email_unproven');
      const { secretCode: mailed } = await app.mailbox.newest(email, welcome);
      const confirm = (tried: string, remoteAddress: string) =>
        app.post('/v1/auth/email/verification/confirm', { email, code: tried, newPassword: NEW_PASSWORD }, { remoteAddress });
      for (let i = 1; i <= 10; i += 1) expect(isRefused(await confirm(wrongCode(mailed, i), `198.51.100.${i}`))).toBe(true);
      expect((await confirm(mailed, OWNER)).status).toBe(200);
    });

    it('who registers tries the code of the welcome mail apart from all others', async () => {
      const email = freshEmail();
      await app.post('/v1/auth/register', { email, password: NEW_PASSWORD }, { remoteAddress: OWNER });
      const { secretCode: code } = await app.mailbox.newest(email);
      const confirm = (tried: string, remoteAddress: string) =>
        app.post('/v1/auth/email/verification/confirm', { email, code: tried, password: NEW_PASSWORD }, { remoteAddress });
      for (let i = 1; i <= 10; i += 1) expect(isRefused(await confirm(wrongCode(code, i), `198.51.100.${i}`))).toBe(true);
      expect((await confirm(code, OWNER)).status).toBe(200);
    });

    it('a fresh text message stays good, too', async () => {
      const mobile = freshMobile();
      const { id } = await register(app, { email: undefined, mobile });
      await app.rows('UPDATE users SET mobile_verified_at = now() WHERE id = $1', [id]);
      await forgot(mobile, { remoteAddress: OWNER });
      const first = await app.mailbox.newest(mobile);
      expect(first.secretCode).toMatch(/^\d{8}$/);
      await guess(mobile, first.secretCode, 20);
      await forgot(mobile, { remoteAddress: OWNER });
      const { secretCode: code } = await app.mailbox.newest(mobile, first);
      await guess(mobile, code, 20);
      expect((await reset({ identifier: mobile, code }, { remoteAddress: OWNER })).status).toBe(204);
    });

    it('an asker has five tries of each code, whatever others do', async () => {
      const { email } = await register(app);
      const before = await app.mailbox.newest(email);
      await forgot(email, { remoteAddress: OWNER });
      const { secretCode: code } = await app.mailbox.newest(email, before);
      for (let i = 1; i <= 5; i += 1) await check(email, wrongCode(code, i), OWNER);
      expect(isRefused(await check(email, code, OWNER))).toBe(true);
      expect((await check(email, code, '203.0.113.2')).status).toBe(204);
    });
  });

  describe('find no code', () => {
    it('codes of contracts keep six digits, and 100 of them are looked at in a day', async () => {
      const { id, email } = await register(app);
      const before = await app.mailbox.newest(email);
      const asked = await app.post('/contracts/test-library/users/requestResetPassword', { your_email: email }, { remoteAddress: OWNER });
      const { secretCode: code, token } = await app.mailbox.newest(email, before);
      expect(code).toMatch(/^\d{6}$/);
      const otp = (OTP: string): Promise<Answer> =>
        app.call('PUT', '/contracts/test-library/users/reset_password', {
          headers: { access_token: asked.body.access_token },
          body: { new_password: 'johndoe2', confirm_new_password: 'johndoe2', OTP },
          remoteAddress: OWNER,
        });
      expect((await otp(wrongCode(code))).status).toBe(401);
      expect(await tallies(id)).toEqual([{ tries: 1, window_tries: 0 }]);
      await app.rows('UPDATE code_tallies SET tries = 100 WHERE id IN (SELECT tally FROM challenges WHERE user_id = $1)', [id]);
      expect((await otp(code)).status).toBe(401);
      expect((await app.post('/v1/auth/password/reset/check', { token })).status).toBe(204);
      // The longer codes of /v1 have windows instead of days.
      const next = await mailFor(email);
      expect((await check(email, next.secretCode, OWNER)).status).toBe(204);
    });

    it('count for the address: deleting the account and registering again gives no new ones', async () => {
      const email = freshEmail('again');
      const idOf = async () => (await app.rows<{ id: string }>('SELECT id FROM users WHERE email_key = $1', [email]))[0]?.id ?? '';
      await register(app, { email });
      const first = await app.mailbox.newest(email);
      // The day's tries of six digits are gone, and all that networks have that did not ask.
      await app.post(
        '/v1/auth/email/verification/confirm',
        { email, code: wrongCode(first.secretCode) },
        { remoteAddress: '198.51.100.1' },
      );
      await app.rows(`UPDATE challenges SET code_digits = 6 WHERE address = $1`, [email]);
      await app.rows(
        `UPDATE code_tallies SET tries = 100, window_tries = 10, window_ends_at = now() + interval '15 minutes' WHERE ${TALLY_OF}`,
        [await idOf()],
      );
      const { accessToken: token } = await signIn(app, email);
      expect((await app.call('DELETE', '/v1/users/me', { token, body: { password: PASSWORD } })).status).toBe(204);
      // As if the code had expired with the account.
      await app.rows('DELETE FROM left_challenges');

      await register(app, { email });
      const second = await app.mailbox.newest(email, first);
      expect(second.secretCode).not.toBe(first.secretCode);
      const confirm = (code: string, remoteAddress: string): Promise<Answer> =>
        app.post('/v1/auth/email/verification/confirm', { email, code, password: PASSWORD }, { remoteAddress });
      expect(isRefused(await confirm(second.secretCode, '198.51.100.77'))).toBe(true);
      await app.rows(`UPDATE code_tallies SET window_tries = 0 WHERE ${TALLY_OF}`, [await idOf()]);
      await app.rows(`UPDATE challenges SET code_digits = 6 WHERE address = $1`, [email]);
      expect(isRefused(await confirm(second.secretCode, '198.51.100.77'))).toBe(true);
      await app.rows(`UPDATE code_tallies SET tries = 0 WHERE ${TALLY_OF}`, [await idOf()]);
      expect((await confirm(second.secretCode, '198.51.100.77')).status).toBe(200);
    });

    it('of accounts that all want one address count together', async () => {
      const address = freshEmail('wanted');
      const ask = async () => {
        const user = await signedIn(app);
        const before = app.mailbox.count(address) === 0 ? undefined : await app.mailbox.newest(address);
        const token = user.accessToken;
        expect((await app.post('/v1/users/me/email', { email: address, currentPassword: PASSWORD }, { token })).status).toBe(202);
        const { secretCode: code } = await app.mailbox.newest(address, before);
        return { code, confirm: (tried: string) => app.post('/v1/users/me/email/confirm', { code: tried }, { token }) };
      };
      const one = await ask();
      expect(isRefused(await one.confirm(wrongCode(one.code)))).toBe(true);
      expect(
        await app.rows(
          'UPDATE code_tallies SET tries = 100 WHERE id IN (SELECT tally FROM challenges WHERE address = $1) RETURNING 1 AS n',
          [address],
        ),
      ).toHaveLength(1);
      const other = await ask();
      expect(isRefused(await other.confirm(other.code))).toBe(true);
    });

    it('are forgotten when their day is over, and name no address', async () => {
      const { email } = await register(app);
      const { secretCode } = await app.mailbox.newest(email);
      await check(email, wrongCode(secretCode), '198.51.100.1');
      await app.post('/v1/auth/email/verification/confirm', { email, code: wrongCode(secretCode) });
      expect(await app.rows('SELECT 1 AS n FROM code_tallies t WHERE t::text LIKE $1', [`%${email}%`])).toEqual([]);
      await app.rows("UPDATE code_tallies SET ends_at = now() - interval '1 second'");
      await app.nest.get(TokenHousekeeping).run();
      expect(await app.rows('SELECT 1 AS n FROM code_tallies')).toEqual([]);
    });

    it('more than 50 wrong ones within a minute raise one alarm and count in the metrics', async () => {
      const counted = async (): Promise<number> =>
        Number(/^latchkey_wrong_codes_total (\d+)$/m.exec((await app.get('/metrics')).text)?.[1]);
      const alarms = () => app.rows<{ details: object }>("SELECT details FROM audit_events WHERE action = 'codes.alarm'");
      await app.rows('DELETE FROM wrong_code_seconds');
      await app.rows('DELETE FROM code_alarms');
      const [before, earlier] = [await counted(), (await alarms()).length];
      const { email } = await register(app);
      const tries = async (count: number): Promise<void> => {
        for (let i = 0; i < count; i += 1) await check(email, String(i).padStart(8, '0'), '198.51.100.9');
      };
      await tries(50);
      expect((await alarms()).length - earlier).toBe(0);
      await tries(15);
      expect((await alarms()).slice(earlier)).toEqual([{ details: { wrongCodes: 51 } }]);
      expect((await counted()) - before).toBe(65);
    });
  });

  it('spend no mail that a proven account’s reset needs', async () => {
    const small = await startApp({ RATE_LIMIT: 'on', LIMIT_MAIL_TOTAL: '10/3600', LIMIT_REGISTER: '100/3600' });
    try {
      const owner = await register(small);
      await small.rows('UPDATE users SET email_verified_at = now() WHERE id = $1', [owner.id]);
      const unproven = await register(small);
      for (let i = 0; i < 20; i += 1) await register(small, { email: freshEmail() });
      const mails = async (recipient: string): Promise<number> =>
        (await small.rows("SELECT id FROM mails WHERE recipient = $1 AND kind = 'reset-password'", [recipient])).length;
      for (const { email } of [owner, unproven]) await small.post('/v1/auth/password/forgot', { identifier: email });
      expect([await mails(owner.email), await mails(unproven.email)]).toEqual([1, 0]);
    } finally {
      await small.stop();
    }
  });
});
