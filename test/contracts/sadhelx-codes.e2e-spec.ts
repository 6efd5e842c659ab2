import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccountEditService } from '../../src/contracts/shared/accounts/account-edit.service.js';
import { signIn } from '../support/accounts.js';
import { CALLER, askerOf } from '../support/authorized.js';
import { BODY_FORMATS, type BodyFormat, ContractClient, startContracts } from '../support/contracts.js';
import type { ReceivedMail } from '../support/mailbox.js';
import { wrongCode } from '../support/password-reset.js';
import { SadhelxFlow, freshSadhelxUser } from '../support/sadhelx.js';
import type { Answer, TestApp } from '../support/start-app.js';

const INVALID = { status: false, msg: 'Verification code provided is invalid' };
const EXPIRED = { status: false, msg: 'Confirmation code has expired. Please try generating a new code' };
const UNKNOWN = { status: false, msg: 'Invalid username or email' };
const NEW_PASSWORD = 'passwordbaru';

describe('codes of the contract sadhelx', () => {
  let app: TestApp;
  let api: ContractClient;
  let flow: SadhelxFlow;
  beforeAll(async () => {
    app = await startContracts();
    api = new ContractClient(app, 'sadhelx');
    flow = new SadhelxFlow(app);
  });
  afterAll(() => app.stop());

  const said = ({ status, body }: Answer) => [status, body];
  /** A machine that has a lot to do refuses some of many parallel requests as busy. */
  const expectRefused = (answers: Answer[]) =>
    expect(answers.filter(({ status }) => status !== 503).map(said)).toEqual(
      Array(answers.filter(({ status }) => status !== 503).length).fill([401, INVALID]),
    );
  const expire = (email: string) =>
    app.rows(`UPDATE challenges SET expires_at = now() - interval '1 second' WHERE user_id = (SELECT id FROM users WHERE email_key = $1)`, [
      email,
    ]);
  /** Wrong tries that are counted of the open code. */
  const tries = async (email: string, purpose: string) =>
    (
      await app.rows<{ tries: number }>(
        `SELECT c.tries FROM challenges c JOIN users u ON u.id = c.user_id
         WHERE u.email_key = $1 AND c.purpose = $2 AND c.superseded_at IS NULL`,
        [email, purpose],
      )
    )[0]?.tries;

  describe('for an address', () => {
    const verify = (identity: unknown, code: unknown, path = '/verify/mail', format?: BodyFormat): Promise<Answer> =>
      api.send('POST', path, { identity, code }, format === undefined ? {} : { format });
    const candidate = async (fields: Record<string, unknown> = {}) => {
      const user = await flow.signedUp(fields);
      return { ...user, mail: await app.mailbox.newest(user.email) };
    };

    it.each([
      ['/verify/mail', '+491519990001'],
      ['/verify/email/', '+491519990002'],
    ])('verify it at %s, by address, username and number', async (path, phonenumber) => {
      for (const format of BODY_FORMATS) {
        const { email, mail } = await candidate();
        const answer = await verify(email, mail.secretCode, path, format);
        expect([answer.status, answer.text]).toEqual([200, '{"status":true,"msg":"User email verified"}']);
      }
      const named = await candidate();
      expect((await verify(named.username.toUpperCase(), named.mail.secretCode, path)).status).toBe(200);
      const called = await candidate({ phonenumber });
      expect((await verify(phonenumber, called.mail.secretCode, path)).status).toBe(200);
      expect(await app.rows('SELECT 1 FROM users WHERE email = $1 AND email_verified_at IS NOT NULL', [called.email])).toHaveLength(1);
    });

    it('verify it for the first time without a proof that it was their reader who signed up: what a stranger has there ends', async () => {
      const phonenumber = '+491519990003';
      const stranger = await candidate({ phonenumber });
      const { accessToken, refreshToken } = await signIn(app, stranger.email, stranger.password);
      expect((await verify(stranger.email, stranger.mail.secretCode)).status).toBe(200);
      expect((await app.get('/v1/users/me', { token: accessToken })).body.code).toBe('token.revoked');
      expect((await app.post('/v1/auth/refresh', { refreshToken })).status).toBe(401);
      expect((await flow.login(phonenumber, stranger.password)).status).toBe(401);

      const notice = await app.mailbox.newest(stranger.email, stranger.mail);
      expect(notice.subject).toMatch(/is confirmed$/);
      expect(notice.text).toMatch(/Not your password\?/);
      // The document has no field for another proof, so that the password signs in as long as its owner says nothing else.
      const { accessToken: kept } = await signIn(app, stranger.email, stranger.password);
      const chosen = await app.post('/v1/auth/password/reset', { token: notice.token, newPassword: 'seven calm rivers run' });
      expect(chosen.status).toBe(204);
      expect((await app.get('/v1/users/me', { token: kept })).body.code).toBe('token.revoked');
      expect((await flow.login(stranger.email, stranger.password)).status).toBe(401);
    });

    it('verify no address that somebody added to an account later: its reader can still register it', async () => {
      const { email } = await flow.verified();
      const [{ id } = { id: '' }] = await app.rows<{ id: string }>('SELECT id FROM users WHERE email = $1', [email]);
      const wanted = freshSadhelxUser();
      await app.nest.get(AccountEditService).edit(id, { email: wanted.email }, await askerOf(app, id), CALLER);
      const claim = await app.mailbox.newest(wanted.email);
      expect(said(await verify(wanted.email, claim.secretCode))).toEqual([401, INVALID]);
      expect(await app.rows('SELECT email_verified_at, recovery_email FROM users WHERE id = $1', [id])).toEqual([
        { email_verified_at: null, recovery_email: email },
      ]);
      const registered = await app.post('/v1/auth/register', { email: wanted.email, password: 'seven calm rivers run' });
      expect(registered.status).toBe(201);
      expect(registered.body.id).not.toBe(id);
      const { secretCode } = await app.mailbox.newest(wanted.email, claim);
      expect(said(await verify(wanted.email, secretCode))).toEqual([200, { status: true, msg: 'User email verified' }]);
    });

    it('are taken as numbers, which have lost the zeros that they began with', async () => {
      const { email, password, mail } = await candidate();
      let current = mail;
      // One code in ten begins with a zero.
      for (let i = 0; !current.secretCode.startsWith('0') && i < 200; i += 1) {
        await flow.login(email, password);
        current = await app.mailbox.newest(email, current);
      }
      expect(current.secretCode).toMatch(/^0/);
      expect(said(await verify(email, Number(current.secretCode)))).toEqual([200, { status: true, msg: 'User email verified' }]);
    });

    it('are refused when they are wrong, used, expired or of somebody else', async () => {
      const { email, mail } = await candidate();
      const other = await candidate();
      expect(said(await verify(email, wrongCode(mail.secretCode)))).toEqual([401, INVALID]);
      expect(said(await verify(email, other.mail.secretCode))).toEqual([401, INVALID]);
      expect(said(await verify(email, 'ASDF'))).toEqual([401, INVALID]);
      expect(said(await verify(email, mail.token))).toEqual([401, INVALID]);
      expect(said(await verify('nobody@email.com', mail.secretCode))).toEqual([401, INVALID]);
      expect(said(await verify(email, mail.secretCode))).toEqual([200, expect.anything()]);
      expect(said(await verify(email, mail.secretCode))).toEqual([401, INVALID]);
      await expire(other.email);
      expect(said(await verify(other.email, wrongCode(other.mail.secretCode)))).toEqual([401, INVALID]);
      expect(said(await verify(other.email, other.mail.secretCode))).toEqual([401, EXPIRED]);
    });

    describe('of a sign-up and of a refused login', () => {
      const refused = async (user: { email: string; password: string }, before: ReceivedMail) => {
        expect((await flow.login(user.email, user.password)).status).toBe(401);
        return app.mailbox.newest(user.email, before);
      };
      const stored = (email: string) =>
        app.rows<{ used: boolean; closed: boolean }>(
          `SELECT consumed_at IS NOT NULL AS used, superseded_at IS NOT NULL AS closed FROM challenges c JOIN users u ON u.id = c.user_id
           WHERE u.email_key = $1 AND purpose = 'confirm-email' ORDER BY c.created_at`,
          [email],
        );

      it('are both good, the one of a mail that comes late too, until one is used', async () => {
        const user = await candidate();
        const fresh = await refused(user, user.mail);
        expect(said(await verify(user.email, user.mail.secretCode))).toEqual([200, { status: true, msg: 'User email verified' }]);
        expect(said(await verify(user.email, fresh.secretCode))).toEqual([401, INVALID]);
        expect(said(await verify(user.email, user.mail.secretCode))).toEqual([401, INVALID]);
        expect(await stored(user.email)).toEqual([
          { used: true, closed: false },
          { used: false, closed: true },
        ]);
      });

      it('are two at most: of three the one between is not good any more', async () => {
        const user = await candidate();
        const second = await refused(user, user.mail);
        const third = await refused(user, second);
        expect(said(await verify(user.email, second.secretCode))).toEqual([401, INVALID]);
        expect((await verify(user.email, third.secretCode)).status).toBe(200);
        expect(said(await verify(user.email, user.mail.secretCode))).toEqual([401, INVALID]);
      });

      it('have links that are good together, too, and end together with a code that the core mails', async () => {
        const user = await candidate();
        const confirm = (token: string) => app.post('/v1/auth/email/verification/confirm', { token, password: user.password });
        const fresh = await refused(user, user.mail);
        expect((await app.post('/v1/auth/email/verification', { email: user.email })).status).toBe(202);
        const last = await app.mailbox.newest(user.email, fresh);
        for (const { token } of [user.mail, fresh]) expect((await confirm(token)).body.code).toBe('challenge.invalid');
        const beside = await refused(user, last);
        expect((await confirm(last.token)).status).toBe(200);
        expect((await confirm(beside.token)).body.code).toBe('challenge.invalid');
      });

      it('let one of 20 through that use them at once', async () => {
        const user = await candidate();
        const { secretCode } = await refused(user, user.mail);
        const answers = await Promise.all(
          Array.from({ length: 20 }, (_, i) => verify(user.email, i % 2 === 0 ? secretCode : user.mail.secretCode)),
        );
        expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
        expect((await stored(user.email)).filter(({ used }) => used)).toHaveLength(1);
      });

      it('have the five tries of one code from a network: a wrong one counts for both', async () => {
        const user = await candidate();
        const fresh = await refused(user, user.mail);
        const codes = [user.mail.secretCode, fresh.secretCode];
        const wrong = Array.from({ length: 9 }, (_, i) => wrongCode(fresh.secretCode, i + 1)).filter((code) => !codes.includes(code));
        const elsewhere = (code: unknown) =>
          api.send('POST', '/verify/mail', { identity: user.email, code }, { remoteAddress: '203.0.113.7' });
        const tally = () =>
          app.rows(
            `SELECT tries, window_tries FROM code_tallies WHERE id IN (
               SELECT c.tally FROM challenges c JOIN users u ON u.id = c.user_id WHERE u.email_key = $1 AND c.purpose = 'confirm-email')`,
            [user.email],
          );
        for (const code of wrong.slice(0, 5)) expect(said(await elsewhere(code))).toEqual([401, INVALID]);
        expect(await tally()).toEqual([{ tries: 10, window_tries: 5 }]);
        for (const code of codes) expect(said(await elsewhere(code))).toEqual([401, INVALID]);
        expect(await tally()).toEqual([{ tries: 10, window_tries: 5 }]);
        // The network that asked for them has tries of its own.
        expect((await verify(user.email, user.mail.secretCode)).status).toBe(200);
      });

      it('give a try back that was right, of both', async () => {
        const user = await candidate();
        await refused(user, user.mail);
        expect((await verify(user.email, user.mail.secretCode)).status).toBe(200);
        expect(
          await app.rows(
            `SELECT c.tries, t.tries AS asked, tally.tries AS day FROM challenges c JOIN users u ON u.id = c.user_id
             JOIN challenge_tries t ON t.challenge_id = c.id JOIN code_tallies tally ON tally.id = c.tally
             WHERE u.email_key = $1 AND c.purpose = 'confirm-email'`,
            [user.email],
          ),
        ).toEqual(Array(2).fill({ tries: 0, asked: 0, day: 0 }));
      });

      it('expire each on its own', async () => {
        const user = await candidate();
        const fresh = await refused(user, user.mail);
        await app.rows(
          `UPDATE challenges c SET expires_at = now() - interval '1 second' FROM users u
           WHERE u.id = c.user_id AND u.email_key = $1 AND c.superseded_at IS NOT NULL`,
          [user.email],
        );
        expect(said(await verify(user.email, user.mail.secretCode))).toEqual([401, EXPIRED]);
        // It is not kept any longer.
        const third = await refused(user, fresh);
        expect((await verify(user.email, fresh.secretCode)).status).toBe(200);
        expect(said(await verify(user.email, third.secretCode))).toEqual([401, INVALID]);
      });
    });

    it('live for 30 minutes', async () => {
      const { email } = await candidate();
      const [row] = await app.rows<{ minutes: string }>(
        `SELECT round(extract(epoch FROM c.expires_at - c.created_at) / 60) AS minutes FROM challenges c JOIN users u ON u.id = c.user_id
         WHERE u.email_key = $1`,
        [email],
      );
      expect(Number(row?.minutes)).toBe(30);
    });

    it('are evaluated at most five times of 50 parallel wrong ones', async () => {
      const { email, mail } = await candidate();
      const paths = ['/verify/mail', '/verify/email'];
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, i) => verify(email, wrongCode(mail.secretCode, i + 1), paths[i % 2])),
      );
      expectRefused(answers);
      expect(await tries(email, 'confirm-email')).toBe(5);
      expect(said(await verify(email, mail.secretCode))).toEqual([401, INVALID]);
    });

    it('verify once of 50 parallel requests', async () => {
      const { email, mail } = await candidate();
      const answers = await Promise.all(Array.from({ length: 50 }, () => verify(email, mail.secretCode)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expectRefused(answers.filter(({ status }) => status !== 200));
    });
  });

  describe('for a new password', () => {
    const check = (identity: unknown, code: unknown): Promise<Answer> => api.send('POST', '/verify/password-reset', { identity, code });
    const reset = (identity: unknown, code: unknown, more: object = {}, path = '/reset-password', format?: BodyFormat): Promise<Answer> =>
      api.send(
        'PUT',
        path,
        { identity, password: NEW_PASSWORD, password_re: NEW_PASSWORD, code, ...more },
        format === undefined ? {} : { format },
      );
    const candidate = async () => {
      const user = await flow.signedIn();
      return { ...user, mail: await flow.resetMail(user.email, user.mail) };
    };

    it.each(['/get-password-reset-code', '/get-password-reset'])('are mailed by %s to whoever has an account', async (path) => {
      const { email, username, mail } = await flow.verified();
      let last: ReceivedMail = mail;
      for (const [index, format] of BODY_FORMATS.entries()) {
        const answer = await api.send('POST', path, { identity: index === 0 ? username : email }, { format });
        expect([answer.status, answer.text]).toEqual([200, '{"status":true,"msg":"Password reset code has been sent to email"}']);
        last = await app.mailbox.newest(email, last);
        expect(last.secretCode).toMatch(/^\d{6}$/);
      }
      expect(said(await api.send('POST', path, { identity: 'nobody@email.com' }))).toEqual([401, UNKNOWN]);
    });

    it.each(BODY_FORMATS)('are checked without being used up, and answer what the next step takes, as %s', async (format) => {
      const { email, username, mail, accessToken } = await candidate();
      const answer = await api.send('POST', '/verify/password-reset', { identity: email, code: mail.secretCode }, { format });
      expect(answer.status).toBe(200);
      const { code } = answer.body.data;
      expect(answer.text).toBe(JSON.stringify({ status: true, msg: 'Password reset code verified', data: { code } }));
      expect(code).not.toContain(mail.secretCode);
      expect((await check(username, mail.secretCode)).body.data.code).toBe(code);
      const done = await reset(username, code, {}, '/reset-password', format);
      expect([done.status, done.text]).toEqual([200, '{"status":true,"msg":"Password has been updated"}']);
      expect((await flow.login(email, NEW_PASSWORD)).status).toBe(200);
      expect((await flow.login(email, 'password')).status).toBe(401);
      expect((await app.get('/v1/users/me', { token: accessToken })).status).toBe(401);
      for (const each of [code, mail.secretCode]) {
        expect(said(await check(email, each))).toEqual([401, INVALID]);
        expect(said(await reset(email, each))).toEqual([401, INVALID]);
      }
    });

    it('work for the next step as they were typed, at either path', async () => {
      for (const [path, typed] of [
        ['/reset-password', (code: string) => code],
        ['/password-reset', (code: string) => code],
        ['/password-reset/', Number],
      ] as const) {
        const { email, mail } = await candidate();
        await check(email, mail.secretCode);
        expect(said(await reset(email, typed(mail.secretCode), {}, path))).toEqual([
          200,
          { status: true, msg: 'Password has been updated' },
        ]);
        expect((await flow.login(email, NEW_PASSWORD)).status).toBe(200);
      }
    });

    it('verify the address, as somebody reads it', async () => {
      const user = await flow.signedUp();
      const mail = await flow.resetMail(user.email, await app.mailbox.newest(user.email));
      expect((await reset(user.email, mail.secretCode)).status).toBe(200);
      expect((await flow.login(user.email, NEW_PASSWORD)).status).toBe(200);
    });

    it('are neither used nor counted when the passwords differ, or are too short', async () => {
      const { email, mail } = await candidate();
      for (let i = 0; i < 6; i += 1) {
        expect(said(await reset(email, wrongCode(mail.secretCode), { password_re: 'another one' }))).toEqual([
          400,
          { status: false, msg: 'Password and password re-enter did not match' },
        ]);
        const short = await reset(email, wrongCode(mail.secretCode), { password: 'short', password_re: 'short' });
        expect(said(short)).toEqual([400, { status: false, msg: 'password: Use at least 6 characters.' }]);
      }
      expect(await tries(email, 'reset-password')).toBe(0);
      expect((await reset(email, mail.secretCode)).status).toBe(200);
    });

    it('are refused when they are wrong, expired, or for somebody or something else', async () => {
      const { email, mail } = await candidate();
      const other = await candidate();
      const { code } = (await check(email, mail.secretCode)).body.data;
      for (const ask of [check, reset]) {
        expect(said(await ask(email, wrongCode(mail.secretCode)))).toEqual([401, INVALID]);
        expect(said(await ask(other.email, code))).toEqual([401, INVALID]);
        expect(said(await ask(email, 'CKTO'))).toEqual([401, INVALID]);
        expect(said(await ask('nobody@email.com', mail.secretCode))).toEqual([401, UNKNOWN]);
        expect(said(await ask('nobody@email.com', code))).toEqual([401, UNKNOWN]);
      }
      expect(said(await api.send('POST', '/verify/mail', { identity: email, code: mail.secretCode }))).toEqual([401, INVALID]);
      expect((await api.send('POST', '/refresh-token', { identity: email }, { token: code })).status).toBe(401);
      await expire(email);
      for (const ask of [check, reset])
        for (const each of [mail.secretCode, code]) expect(said(await ask(email, each))).toEqual([401, EXPIRED]);
    });

    it('are locked by five wrong ones, checked and used together; what checking answered still works', async () => {
      const { email, mail } = await candidate();
      const { code } = (await check(email, mail.secretCode)).body.data;
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? check : reset)(email, wrongCode(mail.secretCode, i + 1))),
      );
      expectRefused(answers);
      expect(await tries(email, 'reset-password')).toBe(5);
      for (const ask of [check, reset]) expect(said(await ask(email, mail.secretCode))).toEqual([401, INVALID]);
      expect((await reset(email, code)).status).toBe(200);
    });

    it('do not hand out fresh tries without limit', async () => {
      const { email, mail } = await candidate();
      await reset(email, wrongCode(mail.secretCode));
      await app.rows('UPDATE code_tallies SET tries = 100 WHERE id IN (SELECT tally FROM challenges WHERE address = $1)', [email]);
      const next = await flow.resetMail(email, mail);
      expect(said(await reset(email, next.secretCode))).toEqual([401, INVALID]);
      expect((await reset(email, next.token)).status).toBe(200);
    });

    it.each(['code', 'token'])('set the password once of 20 parallel requests with the same %s', async (by) => {
      const { email, mail } = await candidate();
      const proof = by === 'code' ? mail.secretCode : (await check(email, mail.secretCode)).body.data.code;
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) => reset(email, proof, { password: `password ${i}`, password_re: `password ${i}` })),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expectRefused(answers.filter(({ status }) => status !== 200));
      expect((await flow.login(email, `password ${answers.findIndex(({ status }) => status === 200)}`)).status).toBe(200);
    });
  });

  it.each([[['402917']], [{ a: 1 }], [null], [''], [undefined], [true], [-1], [1.5]])(
    'refuses %j as a code or an identity',
    async (value) => {
      for (const [method, path] of [
        ['POST', '/verify/mail'],
        ['POST', '/verify/password-reset'],
        ['PUT', '/reset-password'],
      ] as const) {
        for (const fields of [
          { identity: 'someemail@email.com', code: value },
          { identity: value, code: '402917' },
        ]) {
          const { status, body } = await api.send(method, path, { password: NEW_PASSWORD, password_re: NEW_PASSWORD, ...fields });
          expect([status, body]).toEqual([400, { status: false, msg: expect.stringMatching(/^(?:code|identity): /) }]);
        }
      }
    },
  );
});
