import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccountEditService } from '../src/contracts/shared/accounts/account-edit.service.js';
import { PASSWORD, type TestUser, freshEmail, register, signIn, signedIn } from './support/accounts.js';
import { CALLER, askerOf } from './support/authorized.js';
import { ContractClient } from './support/contracts.js';
import type { ReceivedMail } from './support/mailbox.js';
import { poll } from './support/poll.js';
import { NEW_PASSWORD } from './support/password-reset.js';
import { type Answer, type TestApp, sharedApp } from './support/start-app.js';

const ME = '/v1/users/me';
const REGISTER = '/v1/auth/register';
const CONFIRM = '/v1/auth/email/verification/confirm';
const CLAIM = '/v1/auth/mobile/verification';

let serial = 0;
/** A number nobody else here uses, E.164. */
function freshMobile(): string {
  serial += 1;
  return `+1212555${6_000 + serial}`;
}

describe('an address or number that nobody has proven', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp({ CONTRACTS: 'all' });
  });
  afterAll(() => app.stop());

  const me = async ({ accessToken: token }: Pick<TestUser, 'accessToken'>): Promise<Record<string, unknown>> =>
    (await app.get(ME, { token })).body;
  const setMobile = ({ accessToken: token }: TestUser, mobile: string): Promise<Answer> =>
    app.call('PUT', `${ME}/mobile`, { token, body: { mobile, currentPassword: PASSWORD } });
  /** Moves an account at once, as contracts do. */
  const move = async (id: string, email: string) => app.nest.get(AccountEditService).edit(id, { email }, await askerOf(app, id), CALLER);
  const forgot = (identifier: string): Promise<Answer> => app.post('/v1/auth/password/forgot', { identifier });

  async function proven(fields: object = {}): Promise<TestUser & { mail: ReceivedMail }> {
    const user = await signedIn(app, { ...fields });
    const mail = await app.mailbox.newest(user.email);
    expect((await app.post(CONFIRM, { email: user.email, code: mail.secretCode, password: PASSWORD })).status).toBe(200);
    return { ...user, mail };
  }
  async function proveMobile(user: TestUser, mobile: string, before?: ReceivedMail): Promise<Answer> {
    expect((await app.post(`${ME}/mobile/verification`, undefined, { token: user.accessToken })).status).toBe(202);
    const { secretCode: code } = await app.mailbox.newest(mobile, before);
    return app.post(`${ME}/mobile/verification/confirm`, { code }, { token: user.accessToken });
  }

  describe('and that an account added later', () => {
    it('keeps the owner of an address from nothing: it registers, gets its own resets, and no way back reaches it', async () => {
      const [thief, email] = [await proven(), freshEmail('owner')];
      await move(thief.id, email);
      expect(await me(thief)).toMatchObject({ email, emailVerified: false });
      const undo = await app.mailbox.newest(thief.email, thief.mail);
      expect((await app.get(`/v1/availability?email=${encodeURIComponent(email)}`)).body).toEqual({ available: true });

      const before = await app.mailbox.newest(email);
      const owner = await register(app, { email });
      expect(owner.id).not.toBe(thief.id);
      // The claim is gone: the thief has the address back that was proven.
      expect(await me(thief)).toMatchObject({ email: thief.email, emailVerified: true });
      const mail = await app.mailbox.newest(email, before);
      expect((await app.post(CONFIRM, { email, code: mail.secretCode, password: PASSWORD })).status).toBe(200);

      await forgot(email);
      const reset = await app.mailbox.newest(email, mail);
      expect((await app.post('/v1/auth/password/reset', { token: reset.token, newPassword: NEW_PASSWORD })).status).toBe(204);
      await app.post('/v1/auth/email/undo', { token: undo.token, newPassword: 'eleven owls read on' });
      expect(await me(await signIn(app, email, NEW_PASSWORD))).toMatchObject({ id: owner.id, email, emailVerified: true });
    });

    it('keeps nobody from moving there, by proof or in a contract', async () => {
      const [holder, email] = [await proven(), freshEmail('wanted')];
      await move(holder.id, email);
      const contract = await proven();
      await move(contract.id, email);
      expect(await me(holder)).toMatchObject({ email: holder.email, emailVerified: true });
      expect(await me(contract)).toMatchObject({ email, emailVerified: false });

      const owner = await proven();
      const before = await app.mailbox.newest(email);
      await app.post(`${ME}/email`, { email, currentPassword: PASSWORD }, { token: owner.accessToken });
      const { secretCode: code } = await app.mailbox.newest(email, before);
      expect((await app.post(`${ME}/email/confirm`, { code }, { token: owner.accessToken })).body).toMatchObject({
        email,
        emailVerified: true,
      });
      expect(await me(contract)).toMatchObject({ email: contract.email, emailVerified: true });
    });

    it('signs in as long as nobody else has it, and is no place for a reset of an account that has proven something', async () => {
      const [mobile, email] = [freshMobile(), freshEmail('claimed')];
      const created = await app.post(REGISTER, { mobile, password: PASSWORD });
      const user = { id: String(created.body.id), email, password: PASSWORD, ...(await signIn(app, mobile)) };
      expect((await proveMobile(user, mobile)).status).toBe(200);
      await move(user.id, email);
      const confirmation = await app.mailbox.newest(email);
      await signIn(app, email);
      await forgot(email);
      const kinds = await app.rows(`SELECT kind FROM mails WHERE recipient = $1 AND kind = 'reset-password'`, [email]);
      expect(kinds).toEqual([]);
      const taken = await app.post(CONFIRM, { token: confirmation.token, newPassword: NEW_PASSWORD });
      expect([taken.status, taken.body.code]).toEqual([401, 'auth.proof_required']);
      expect((await app.post(CONFIRM, { token: confirmation.token, password: PASSWORD })).body.emailVerified).toBe(true);
    });

    it('gives a number to whoever registers or sets it', async () => {
      const mobile = freshMobile();
      const [first, second] = [await signedIn(app), await signedIn(app)];
      expect((await setMobile(first, mobile)).status).toBe(200);
      await signIn(app, mobile);
      expect((await setMobile(second, mobile)).body).toMatchObject({ mobile, mobileVerified: false });
      expect(await me(first)).toMatchObject({ mobile: null });
      expect((await app.post(REGISTER, { mobile, password: PASSWORD })).status).toBe(201);
      expect(await me(second)).toMatchObject({ mobile: null });
      const events = await app.rows(`SELECT subject_id FROM audit_events WHERE action = 'mobile.claim_lost' ORDER BY id DESC LIMIT 2`);
      expect(events).toEqual([{ subject_id: second.id }, { subject_id: first.id }]);
    });

    it('so does the other contact of an account that has proven one', async () => {
      const [mobile, email] = [freshMobile(), freshEmail()];
      const user = await proven({ mobile });
      expect((await app.post(REGISTER, { mobile, password: PASSWORD })).status).toBe(201);
      expect(await me(user)).toMatchObject({ mobile: null });

      const number = freshMobile();
      const other = await signedIn(app, { email, mobile: number });
      expect((await proveMobile(other, number)).status).toBe(200);
      expect((await register(app, { email })).id).not.toBe(other.id);
      expect(await me(other)).toMatchObject({ email: null, mobile: number });
    });

    it.each(['email', 'mobile'] as const)('gives way also when the claim (%s) comes while its owner registers', async (contact) => {
      const [holder, wanted] = [await proven(), contact === 'email' ? freshEmail('racing') : freshMobile()];
      const claimer = await app.db.connect();
      try {
        await claimer.query('BEGIN');
        const sql =
          contact === 'email'
            ? 'UPDATE users SET email = $2, email_key = $2, email_verified_at = NULL, email_claimed = true, recovery_email = email WHERE id = $1'
            : 'UPDATE users SET mobile = $2, mobile_key = $2, mobile_claimed = true WHERE id = $1';
        await claimer.query(sql, [holder.id, wanted]);
        const registered = app.post(REGISTER, { [contact]: wanted, password: PASSWORD });
        await poll('the registration to wait for the claim', async () => {
          const waiting = await app.rows(
            `SELECT 1 FROM pg_stat_activity WHERE query LIKE '%INSERT INTO users%' AND wait_event_type = 'Lock' AND datname = current_database()`,
          );
          return waiting.length > 0 ? true : undefined;
        });
        await claimer.query('COMMIT');
        const { status, body } = await registered;
        expect([status, body.code]).toEqual([201, undefined]);
        expect(body.id).not.toBe(holder.id);
      } finally {
        claimer.release(true);
      }
    });

    it('is one account’s of 20 that register it at once', async () => {
      const [holder, email] = [await proven(), freshEmail('race')];
      await move(holder.id, email);
      const answers = await Promise.all(Array.from({ length: 20 }, () => app.post(REGISTER, { email, password: PASSWORD })));
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      expect(answers.filter(({ body }) => body.code === 'user.email_unproven')).toHaveLength(19);
    });
  });

  describe('and that an account registered with', () => {
    it('is unique: its owner is told, and gets the account by the code, emptied', async () => {
      const [email, mobile] = [freshEmail('victim'), freshMobile()];
      const stranger = await signedIn(app, { email, mobile });
      expect((await proveMobile(stranger, mobile)).status).toBe(200);
      // With a proven number the address would be a claim; this stranger has not proven it.
      await app.rows('UPDATE users SET mobile_verified_at = NULL WHERE id = $1', [stranger.id]);
      const before = await app.mailbox.newest(email);
      const refused = await app.post(REGISTER, { email, password: NEW_PASSWORD });
      expect([refused.status, refused.body.code]).toEqual([409, 'user.email_unproven']);
      const { secretCode: code } = await app.mailbox.newest(email, before);
      const asked = await app.post(CONFIRM, { email, code });
      expect([asked.status, asked.body.code]).toEqual([401, 'auth.proof_required']);
      // What registering again was answered with opens nothing.
      expect(refused.body.registrationTicket).toBeUndefined();
      const owned = await app.post(CONFIRM, { email, code, newPassword: NEW_PASSWORD });
      expect(owned.body).toMatchObject({ id: stranger.id, email, emailVerified: true, mobile: null });
      expect((await app.get(ME, { token: stranger.accessToken })).body.code).toBe('token.revoked');
      expect((await app.post('/v1/auth/login', { identifier: email, password: PASSWORD })).status).toBe(401);
      await signIn(app, email, NEW_PASSWORD);
      expect((await app.post(REGISTER, { email, password: PASSWORD })).body.code).toBe('user.email_taken');
    });

    it('is a number’s, too: asked for without a session, and the stranger’s address goes', async () => {
      const [mobile, email] = [freshMobile(), freshEmail('stranger')];
      const stranger = await signedIn(app, { email, mobile });
      const link = await app.mailbox.newest(email);
      const refused = await app.post(REGISTER, { mobile, password: NEW_PASSWORD });
      expect([refused.status, refused.body.code]).toEqual([409, 'user.mobile_unproven']);
      const first = await app.mailbox.newest(mobile);

      for (const number of [mobile, freshMobile()]) {
        const asked = await app.post(CLAIM, { mobile: number });
        expect([asked.status, asked.text]).toEqual([202, '']);
      }
      const { secretCode: code } = await app.mailbox.newest(mobile, first);
      expect((await app.post(`${CLAIM}/confirm`, { mobile, code })).body.code).toBe('auth.proof_required');
      expect((await app.post(`${CLAIM}/confirm`, { mobile, code, password: NEW_PASSWORD })).body.code).toBe('auth.bad_credentials');
      expect((await app.post(`${CLAIM}/confirm`, { mobile: freshMobile(), code, newPassword: NEW_PASSWORD })).status).toBe(400);
      const owned = await app.post(`${CLAIM}/confirm`, { mobile, code, newPassword: NEW_PASSWORD });
      expect(owned.body).toMatchObject({ id: stranger.id, mobile, mobileVerified: true, email: null });
      expect((await app.get(ME, { token: stranger.accessToken })).body.code).toBe('token.revoked');
      expect((await app.post(CONFIRM, { token: link.token, password: PASSWORD })).status).toBe(400);
      expect((await app.post('/v1/auth/login', { identifier: email, password: PASSWORD })).status).toBe(401);
      await forgot(email);
      expect(await app.rows(`SELECT kind FROM mails WHERE recipient = $1 AND kind = 'reset-password'`, [email])).toEqual([]);
      await signIn(app, mobile, NEW_PASSWORD);
      expect((await app.post(`${CLAIM}/confirm`, { mobile, code, newPassword: PASSWORD })).status).toBe(400);
    });

    describe('is its owner’s however often a stranger changes the password meanwhile:', () => {
      /** Changes it by the core's API and by a contract's. */
      async function spin(identifier: string, email?: string): Promise<TestUser['accessToken']> {
        const { accessToken: token } = await signIn(app, identifier);
        const body = { currentPassword: PASSWORD, newPassword: 'two thieves keep out' };
        expect((await app.call('PUT', '/v1/auth/password', { token, body })).status).toBe(204);
        if (email === undefined) return (await signIn(app, identifier, body.newPassword)).accessToken;
        const entityUser = new ContractClient(app, 'entity-user');
        const session = async (password: string) =>
          (await entityUser.send('POST', '/login', { email, password })).body.data.access_token as string;
        const fields = { old_password: body.newPassword, new_password: 'thief123' };
        const changed = await entityUser.send('PATCH', '/users', fields, { token: await session(body.newPassword) });
        expect(changed.status).toBe(200);
        return session('thief123');
      }
      /** The owner of an address that a stranger registered, and the mail that registering it was answered with. */
      async function owner() {
        const { email } = await register(app, { email: freshEmail('hostage') });
        const first = await app.mailbox.newest(email);
        expect((await app.post(REGISTER, { email, password: NEW_PASSWORD })).body.code).toBe('user.email_unproven');
        return { email, mail: await app.mailbox.newest(email, first) };
      }
      const newPassword = NEW_PASSWORD;
      const sadhelx = (identity: string, code: string) =>
        new ContractClient(app, 'sadhelx').send('POST', '/verify/mail', { identity, code });

      it.each<[string, (email: string, mail: ReceivedMail) => Promise<Answer>]>([
        ['by code', (email, mail) => app.post(CONFIRM, { email, code: mail.secretCode, newPassword })],
        ['by link', (_, mail) => app.post(CONFIRM, { token: mail.token, newPassword })],
        ['by a contract’s code', (email, mail) => sadhelx(email, mail.secretCode)],
      ])('%s', async (_, prove) => {
        const { email, mail } = await owner();
        const token = await spin(email, email);
        expect((await prove(email, mail)).status).toBe(200);
        expect((await app.get(ME, { token })).body.code).toBe('token.revoked');
      });

      it('by a reset', async () => {
        const { email, mail } = await owner();
        await forgot(email);
        const { secretCode: code } = await app.mailbox.newest(email, mail);
        const token = await spin(email, email);
        expect((await app.post('/v1/auth/password/reset', { identifier: email, code, newPassword })).status).toBe(204);
        expect((await app.get(ME, { token })).body.code).toBe('token.revoked');
      });

      it('by a text message', async () => {
        const mobile = freshMobile();
        await app.post(REGISTER, { mobile, password: PASSWORD });
        expect((await app.post(REGISTER, { mobile, password: newPassword })).body.code).toBe('user.mobile_unproven');
        const { secretCode: code } = await app.mailbox.newest(mobile);
        const token = await spin(mobile);
        expect((await app.post(`${CLAIM}/confirm`, { mobile, code, newPassword })).body.mobileVerified).toBe(true);
        expect((await app.get(ME, { token })).body.code).toBe('token.revoked');
      });
    });

    it('keeps a number’s account whole by ticket, password or session', async () => {
      const ways = [
        ({ ticket }: { ticket: string; token: string }) => ({ body: { ticket } }),
        () => ({ body: { password: PASSWORD } }),
        ({ token }: { ticket: string; token: string }) => ({ body: {}, token }),
      ];
      for (const way of ways) {
        const mobile = freshMobile();
        const created = await app.post(REGISTER, { mobile, password: PASSWORD });
        const { accessToken: token } = await signIn(app, mobile);
        await app.post(CLAIM, { mobile });
        const { secretCode: code } = await app.mailbox.newest(mobile);
        const { body, token: bearer } = { token: undefined, ...way({ ticket: String(created.body.registrationTicket), token }) };
        const answer = await app.post(`${CLAIM}/confirm`, { mobile, code, ...body }, { token: bearer });
        expect(answer.body).toMatchObject({ mobile, mobileVerified: true });
        expect((await app.get(ME, { token })).status).toBe(200);
      }
    });

    it('is no number’s to take from an account that has proven its address', async () => {
      const mobile = freshMobile();
      const user = await signedIn(app, { mobile });
      await app.post(CLAIM, { mobile });
      const { secretCode: code } = await app.mailbox.newest(mobile);
      await app.rows('UPDATE users SET email_verified_at = now() WHERE id = $1', [user.id]);
      const refused = await app.post(`${CLAIM}/confirm`, { mobile, code, newPassword: NEW_PASSWORD });
      expect([refused.status, refused.body.code]).toEqual([401, 'auth.proof_required']);
    });

    it('can be set by somebody who is signed in, and is theirs once it is proven', async () => {
      const mobile = freshMobile();
      const stranger = await app.post(REGISTER, { mobile, password: PASSWORD });
      const owner = await signedIn(app);
      expect((await setMobile(owner, mobile)).body).toMatchObject({ mobile, mobileVerified: false });
      // Until then it signs in to the account that registered with it.
      const { accessToken } = await signIn(app, mobile);
      expect(await me({ accessToken })).toMatchObject({ id: stranger.body.id, mobile });
      expect((await proveMobile(owner, mobile)).body).toMatchObject({ mobile, mobileVerified: true });
      expect(await me({ accessToken })).toMatchObject({ mobile: null });
      expect(await me(await signIn(app, mobile))).toMatchObject({ id: owner.id });
      expect((await setMobile(await signedIn(app), mobile)).body.code).toBe('user.mobile_taken');
    });
  });

  it('leaves no way back, and no hold on an address, to the account’s owner before the first proof', async () => {
    const [stranger, email] = [await signedIn(app), freshEmail('victim')];
    const former = stranger.email;
    await app.rows(
      `WITH held AS (INSERT INTO held_emails (email_key, user_id, held_until) VALUES ($2, $1, now() + interval '7 days'))
       UPDATE users SET email = $3, email_key = $3 WHERE id = $1`,
      [stranger.id, former, email],
    );
    await app.post('/v1/auth/email/verification', { email });
    const { token } = await app.mailbox.newest(email);
    expect((await app.post(CONFIRM, { token, newPassword: NEW_PASSWORD })).status).toBe(200);
    expect(await app.rows('SELECT email_key FROM held_emails WHERE user_id = $1', [stranger.id])).toEqual([]);
    // The link in the mail about the new password, to the address that was proven.
    expect(
      await app.rows('SELECT purpose, address FROM challenges WHERE user_id = $1 AND consumed_at IS NULL AND superseded_at IS NULL', [
        stranger.id,
      ]),
    ).toEqual([{ purpose: 'disavow', address: email }]);
    await register(app, { email: former });
  });

  it('a recovery address is nobody’s any more once somebody else has proven it', async () => {
    const [user, email] = [await proven(), freshEmail('moved')];
    await move(user.id, email);
    await app.rows(`UPDATE held_emails SET held_until = now() - interval '1 second' WHERE user_id = $1`, [user.id]);
    const before = await app.mailbox.newest(user.email, user.mail);
    const owner = await register(app, { email: user.email });
    const { secretCode: code } = await app.mailbox.newest(user.email, before);
    expect((await app.post(CONFIRM, { email: user.email, code, password: PASSWORD })).body.id).toBe(owner.id);
    expect(await app.rows('SELECT recovery_email FROM users WHERE id = $1', [user.id])).toEqual([{ recovery_email: null }]);
  });
});
