import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TokenHousekeeping } from '../src/tokens/sessions/token-housekeeping.service.js';
import { PASSWORD, freshEmail, signIn } from './support/accounts.js';
import { NEW_PASSWORD, isRefused, wrongCode } from './support/password-reset.js';
import { poll } from './support/poll.js';
import { type Answer, type TestApp, startApp } from './support/start-app.js';

const OWNER = '203.0.113.1';
const STRANGER = '198.51.100.200';
const CONFIRM = '/v1/auth/email/verification/confirm';
const CLAIM = '/v1/auth/mobile/verification';

let serial = 0;
/** A number nobody else here uses, E.164. */
function freshMobile(): string {
  serial += 1;
  return `+1212555${7_000 + serial}`;
}

describe('a stranger who registers, deletes the account and registers again', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({
      RATE_LIMIT: 'on',
      LIMIT_REGISTER: '1000/900',
      LIMIT_CODES: '1000/900',
      LIMIT_MAIL_REQUESTS: '1000/900',
      LIMIT_MAIL_ADDRESS: '3/3600',
      CONTRACTS: 'sadhelx',
    });
  });
  afterAll(() => app.stop());

  const register = (body: object, remoteAddress = STRANGER): Promise<Answer> =>
    app.post('/v1/auth/register', { password: PASSWORD, ...body }, { remoteAddress });
  const remove = async (identifier: string): Promise<void> => {
    const { accessToken: token } = await signIn(app, identifier);
    expect((await app.call('DELETE', '/v1/users/me', { token, body: { password: PASSWORD } })).status).toBe(204);
  };
  const again = async (body: { email: string } | { mobile: string }): Promise<void> => {
    await remove('email' in body ? body.email : body.mobile);
    expect((await register(body)).status).toBe(201);
  };
  const confirm = (body: object, remoteAddress = OWNER): Promise<Answer> => app.post(CONFIRM, body, { remoteAddress });
  const age = (address: string, minutes: number) =>
    app.rows(
      `UPDATE challenges SET created_at = created_at - make_interval(mins => $2), expires_at = expires_at - make_interval(mins => $2)
       WHERE address = $1`,
      [address, minutes],
    );

  /** Until so many statements wait for a lock. */
  const waiting = (count: number) =>
    poll('statements that wait', async () => {
      const [row] = await app.rows<{ n: number }>(
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return row !== undefined && row.n >= count ? true : undefined;
    });

  it('does not end the code or the link that is on its way to the owner of the address', async () => {
    for (const by of ['code', 'token']) {
      const email = freshEmail('kept');
      await register({ email });
      expect((await register({ email }, OWNER)).body.code).toBe('user.email_unproven');
      const mail = await app.mailbox.newest(email);
      for (let i = 0; i < 3; i += 1) await again({ email });
      const proof = by === 'code' ? { email, code: mail.secretCode } : { token: mail.token };
      expect((await confirm({ ...proof, newPassword: NEW_PASSWORD })).body).toMatchObject({ email, emailVerified: true });
      await signIn(app, email, NEW_PASSWORD);
    }
  });

  it('cannot spend the mails of an address and leave its owner without a code', async () => {
    const email = freshEmail('spent');
    await register({ email });
    let mail = await app.mailbox.newest(email);
    for (let sent = 1; sent < 3; sent += 1) {
      await again({ email });
      mail = await app.mailbox.newest(email, mail);
    }
    for (let i = 0; i < 4; i += 1) await again({ email });
    // The owner asks in vain, and has the tries of whoever asked.
    expect((await register({ email }, OWNER)).body.code).toBe('user.email_unproven');
    expect(app.mailbox.count(email)).toBe(3);
    await again({ email });
    for (let i = 1; i <= 10; i += 1)
      expect(isRefused(await confirm({ email, code: wrongCode(mail.secretCode, i), newPassword: NEW_PASSWORD }, `198.51.100.${i}`))).toBe(
        true,
      );
    expect((await confirm({ email, code: mail.secretCode, newPassword: NEW_PASSWORD })).status).toBe(200);
  });

  it('does not end it by a registration with an Idempotency-Key, which is answered once', async () => {
    const email = freshEmail('keyed');
    await register({ email });
    const { secretCode: code } = await app.mailbox.newest(email);
    await remove(email);
    const headers = { 'idempotency-key': randomUUID() };
    const body = { email, password: PASSWORD };
    const answers = [];
    for (let i = 0; i < 2; i += 1) answers.push(await app.post('/v1/auth/register', body, { headers, remoteAddress: STRANGER }));
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(answers[1]?.body.id).toBe(answers[0]?.body.id);
    expect((await confirm({ email, code, newPassword: NEW_PASSWORD })).status).toBe(200);
  });

  it('has no fresh tries of the code', async () => {
    const email = freshEmail('tries');
    await register({ email });
    const { secretCode: code } = await app.mailbox.newest(email);
    for (let i = 1; i <= 5; i += 1)
      expect(isRefused(await confirm({ email, code: wrongCode(code, i), newPassword: NEW_PASSWORD }, STRANGER))).toBe(true);
    await again({ email });
    expect(isRefused(await confirm({ email, code, newPassword: NEW_PASSWORD }, STRANGER))).toBe(true);
    expect((await confirm({ email, code, newPassword: NEW_PASSWORD }, OWNER)).status).toBe(200);
  });

  it('does not end it by registering while the account is being deleted', async () => {
    const email = freshEmail('meanwhile');
    const { body } = await register({ email });
    const mail = await app.mailbox.newest(email);
    const { accessToken: token } = await signIn(app, email);
    // What is on record of the account is forgotten last: the deletion waits here, and the registration for the deletion.
    const other = new Client({ connectionString: String(app.settings.DATABASE_URL) });
    await other.connect();
    try {
      await other.query('BEGIN');
      await other.query('SELECT 1 FROM audit_events WHERE subject_id = $1 FOR UPDATE', [body.id]);
      const deleting = app.call('DELETE', '/v1/users/me', { token, body: { password: PASSWORD } });
      await waiting(1);
      const registering = register({ email });
      await waiting(2);
      await other.query('COMMIT');
      expect([(await deleting).status, (await registering).status]).toEqual([204, 201]);
    } finally {
      await other.end();
    }
    expect((await confirm({ email, code: mail.secretCode, newPassword: NEW_PASSWORD })).status).toBe(200);
  });

  it('does not end the code on its way to the owner of a number', async () => {
    const mobile = freshMobile();
    await register({ mobile });
    expect((await register({ mobile }, OWNER)).body.code).toBe('user.mobile_unproven');
    const { secretCode: code } = await app.mailbox.newest(mobile);
    await again({ mobile });
    const body = { mobile, code, newPassword: NEW_PASSWORD };
    expect((await app.post(`${CLAIM}/confirm`, body, { remoteAddress: OWNER })).body).toMatchObject({ mobile });
    await signIn(app, mobile, NEW_PASSWORD);
  });

  it('does not end it by registering through a contract', async () => {
    const email = freshEmail('other.door');
    await register({ email });
    const mail = await app.mailbox.newest(email);
    await remove(email);
    const person = {
      username: `d${process.pid}`,
      firstname: 'Ada',
      lastname: 'Byron',
      email,
      password: 'password',
      password_re: 'password',
    };
    await app.post('/contracts/sadhelx/signup', person, { remoteAddress: STRANGER });
    const found = await app.rows('SELECT 1 AS n FROM users WHERE email_key = $1', [email]);
    if (found.length === 0) throw new Error('The contract made no account');
    expect((await confirm({ token: mail.token, newPassword: NEW_PASSWORD })).body).toMatchObject({ email, emailVerified: true });
  });

  it('makes a fresh code once half the lifetime of the other is over', async () => {
    const email = freshEmail('aged');
    await register({ email });
    const old = await app.mailbox.newest(email);
    await age(email, 16);
    await again({ email });
    const { secretCode: code } = await app.mailbox.newest(email, old);
    expect(code).not.toBe(old.secretCode);
    expect(isRefused(await confirm({ email, code: old.secretCode, newPassword: NEW_PASSWORD }))).toBe(true);
    expect((await confirm({ email, code, newPassword: NEW_PASSWORD })).status).toBe(200);
  });

  it('leaves no address behind, and nothing once the code has expired', async () => {
    const email = freshEmail('gone');
    await register({ email });
    await app.mailbox.newest(email);
    await remove(email);
    expect(await app.rows('SELECT 1 AS n FROM left_challenges l WHERE l::text LIKE $1', [`%${email}%`])).toEqual([]);
    await app.rows("UPDATE left_challenges SET created_at = now() - interval '1 hour', expires_at = now() - interval '1 second'");
    await app.nest.get(TokenHousekeeping).run();
    expect(await app.rows('SELECT 1 AS n FROM left_challenges')).toEqual([]);
  });

  it('of ten at once makes one account and one code', async () => {
    const email = freshEmail('race');
    await register({ email });
    const mail = await app.mailbox.newest(email);
    await remove(email);
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => register({ email }, `198.51.100.${i}`)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, ...Array<number>(9).fill(409)]);
    expect((await confirm({ email, code: mail.secretCode, newPassword: NEW_PASSWORD })).status).toBe(200);
  });
});
