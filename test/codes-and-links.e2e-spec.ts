import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../src/common/ids.js';
import { ChallengesService } from '../src/tokens/challenges/challenges.service.js';
import { PASSWORD, freshEmail, register, signedIn } from './support/accounts.js';
import { type Answer, type TestApp, sharedApp } from './support/start-app.js';

const CONFIRM = '/v1/auth/email/verification/confirm';

/** Bits of the part of a link that no one can guess. */
const MIN_SECRET_BITS = 128;

describe('mailed codes and links', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());

  const confirm = (body: object, token?: string): Promise<Answer> => app.post(CONFIRM, body, { token });

  /** Code and link of fresh challenges of one account. */
  async function reveal(count: number): Promise<{ code: string; token: string }[]> {
    const { id: userId, email: address } = await register(app);
    const challenges = app.nest.get(ChallengesService);
    const revealed = [];
    for (let i = 0; i < count; i += 1) {
      const { id } = await challenges.issue({ userId, purpose: 'confirm-email', address, ttlSeconds: 60, askedFrom: null });
      revealed.push((await challenges.reveal(id))!);
    }
    return revealed;
  }

  it('are eight digits', async () => {
    // How they are spread over all codes is a test of `ChallengeSecrets`.
    const codes = (await reveal(50)).map(({ code }) => code);
    expect(codes.filter((code) => !/^\d{8}$/.test(code))).toEqual([]);
    // Of 50 out of 10^8, two pairs are alike once in 10^10 times.
    expect(new Set(codes).size).toBeGreaterThanOrEqual(49);
  });

  it('are links with at least 128 bits that nothing else tells', async () => {
    const tokens = (await reveal(50)).map(({ token }) => Buffer.from(token, 'base64url'));
    // The first 16 bytes name the challenge.
    const secrets = tokens.map((bytes) => bytes.subarray(16));
    for (const secret of secrets) expect(secret.length * 8).toBeGreaterThanOrEqual(MIN_SECRET_BITS);
    expect(new Set(secrets.map((secret) => secret.toString('hex'))).size).toBe(50);
    for (let byte = 0; byte < Number(secrets[0]?.length); byte += 1)
      expect(new Set(secrets.map((secret) => secret[byte])).size).toBeGreaterThan(30);
  });

  it('are stored as nothing that could be sent back', async () => {
    const { email } = await register(app);
    const { secretCode, token } = await app.mailbox.newest(email);
    const [row] = await app.rows<Record<string, unknown>>(
      'SELECT c.* FROM challenges c JOIN users u ON u.id = user_id WHERE email_key = $1',
      [email],
    );
    const mac = row?.['code_mac'] as Buffer;
    expect(mac.length).toBeGreaterThanOrEqual(32);
    const stored = `${JSON.stringify(row)}${mac.toString('hex')}${mac.toString('base64url')}`;
    expect(stored).not.toContain(secretCode);
    expect(stored).not.toContain(token.slice(-32));
    expect(stored).not.toContain(Buffer.from(token, 'base64url').subarray(16).toString('hex'));
  });

  it('are dead past their lifetime, by the clock of the database', async () => {
    const { email } = await register(app);
    const { secretCode: code, token } = await app.mailbox.newest(email);
    await app.rows(`UPDATE challenges SET expires_at = now() - interval '1 second' WHERE address = $1`, [email]);
    for (const body of [
      { email, code },
      { token, password: PASSWORD },
      { token, newPassword: 'seven calm rivers run' },
    ]) {
      const answer = await confirm(body);
      expect([answer.status, answer.body.code]).toEqual([400, 'challenge.expired']);
    }
    // Nobody learns from a wrong code that there was one.
    expect((await confirm({ email, code: code === '000000' ? '000001' : '000000' })).body.code).toBe('challenge.invalid');
    expect(await app.rows('SELECT 1 FROM users WHERE email_key = $1 AND email_verified_at IS NOT NULL', [email])).toEqual([]);
  });

  it('live half an hour', async () => {
    const { email } = await register(app);
    const [row] = await app.rows<{ seconds: number }>(
      'SELECT extract(epoch FROM expires_at - created_at)::float AS seconds FROM challenges WHERE address = $1',
      [email],
    );
    expect(row?.seconds).toBeCloseTo(1_800, 0);
  });

  it('work once, the code and the link of one mail together', async () => {
    const { email } = await register(app);
    const { secretCode: code, token } = await app.mailbox.newest(email);
    expect((await confirm({ email, code, password: PASSWORD })).status).toBe(200);
    for (const body of [
      { email, code },
      { token, password: PASSWORD },
      { token, newPassword: 'seven calm rivers run' },
    ]) {
      const answer = await confirm(body);
      expect([answer.status, answer.body.code]).toEqual([400, 'challenge.invalid']);
    }
  });

  it('succeed once of 50 parallel codes', async () => {
    const { email } = await register(app);
    const { secretCode: code } = await app.mailbox.newest(email);
    const answers = await Promise.all(Array.from({ length: 50 }, () => confirm({ email, code, password: PASSWORD })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(49);
  });

  it('cannot be locked for the day by guessing at one of them', async () => {
    const { id: userId, email: address } = await register(app);
    const challenges = app.nest.get(ChallengesService);
    const issue = (askedFrom: string | null = null) =>
      challenges.issue({ userId, purpose: 'reset-password', address, ttlSeconds: 60, askedFrom });
    const guess = () => challenges.checkCode('reset-password', userId, '00000000', '192.0.2.1').catch(() => {});
    await issue();
    for (let i = 0; i < 30; i += 1) await guess();
    await Promise.all(Array.from({ length: 30 }, guess));
    const tallies = await app.rows(
      `SELECT window_tries FROM code_tallies WHERE id IN (SELECT tally FROM challenges WHERE user_id = $1 AND purpose = 'reset-password')`,
      [userId],
    );
    expect(tallies).toEqual([{ window_tries: 5 }]);

    const { id } = await issue();
    await Promise.all(Array.from({ length: 30 }, guess));
    const [{ tries } = { tries: 0 }] = await app.rows<{ tries: number }>('SELECT tries FROM challenges WHERE id = $1', [id]);
    expect(tries).toBe(5);
    const { id: newest } = await issue('192.0.2.2');
    const { code } = (await challenges.reveal(newest))!;
    expect(await challenges.checkCode('reset-password', userId, code, '192.0.2.2')).toMatchObject({ id: newest });
  });

  it('belong to one account and one address', async () => {
    const [ada, eve] = [await signedIn(app), await signedIn(app)];
    const mail = await app.mailbox.newest(ada.email);
    const hers = await app.mailbox.newest(eve.email);
    const foreign = mail.secretCode === hers.secretCode ? '000000' : mail.secretCode;
    expect((await confirm({ email: eve.email, code: foreign })).body.code).toBe('challenge.invalid');
    expect((await confirm({ email: freshEmail(), code: mail.secretCode })).body.code).toBe('challenge.invalid');
    expect((await confirm({ token: mail.token }, eve.accessToken)).body.code).toBe('auth.proof_required');
    // Half of one link and half of another.
    const mixed = Buffer.concat([
      Buffer.from(mail.token, 'base64url').subarray(0, 16),
      Buffer.from(hers.token, 'base64url').subarray(16),
    ]).toString('base64url');
    expect((await confirm({ token: mixed, password: PASSWORD })).body.code).toBe('challenge.invalid');
    await app.rows(`UPDATE users SET email = 'moved.' || email, email_key = 'moved.' || email_key WHERE id = $1`, [ada.id]);
    expect((await confirm({ token: mail.token }, ada.accessToken)).status).toBe(400);
    expect(await app.rows('SELECT 1 FROM users WHERE id = $1 AND email_verified_at IS NOT NULL', [ada.id])).toEqual([]);
  });

  it('are dead once the account is disabled', async () => {
    const { id, email } = await register(app);
    const { secretCode: code, token } = await app.mailbox.newest(email);
    await app.rows('UPDATE users SET disabled_at = now() WHERE id = $1', [id]);
    for (const body of [
      { email, code },
      { token, password: PASSWORD },
      { token, newPassword: 'seven calm rivers run' },
    ]) {
      expect((await confirm(body)).status).toBe(400);
    }
    expect(await app.rows('SELECT 1 FROM users WHERE id = $1 AND email_verified_at IS NOT NULL', [id])).toEqual([]);
  });

  it('are refused in every other spelling, and for challenges that are not there', async () => {
    const { email } = await register(app);
    const { secretCode: code, token } = await app.mailbox.newest(email);
    const flipped = token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A');
    const forged = Buffer.concat([Buffer.from(newId().replaceAll('-', ''), 'hex'), Buffer.alloc(24)]).toString('base64url');
    for (const wrong of [
      flipped,
      `${token}=`,
      `${token} `,
      token.toLowerCase(),
      token.slice(1),
      forged,
      encodeURIComponent(`${token}+`),
      token.split('').toReversed().join(''),
    ]) {
      const answer = await confirm({ token: wrong, password: PASSWORD });
      expect([wrong.length, answer.status, answer.body.code]).toEqual([wrong.length, 400, 'challenge.invalid']);
    }
    for (const wrong of [`${code}0`, code.slice(1), `-${code}`, `${code}x`, Number(code), [code]]) {
      expect((await confirm({ email, code: wrong })).status).toBe(422);
    }
    // Only blanks around and digits of another keyboard are the same code.
    const fullWidth = [...code].map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join('');
    expect((await confirm({ email, code: ` ${fullWidth}\n`, password: PASSWORD })).status).toBe(200);
  });

  it('are consumed by no GET or HEAD, as mail scanners send', async () => {
    const { email } = await register(app);
    const { token, links, secretCode: code } = await app.mailbox.newest(email);
    for (const link of [...links, `${CONFIRM}?token=${token}`, `${CONFIRM}?email=${email}&code=${code}`]) {
      const { pathname, search } = new URL(link, 'http://localhost');
      for (const method of ['GET', 'HEAD', 'OPTIONS'] as const) await app.call(method, pathname + search);
    }
    expect((await confirm({ token, password: PASSWORD })).status).toBe(200);
  });
});
