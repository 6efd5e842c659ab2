import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, freshEmail, register, signIn } from './support/accounts.js';
import { type Answer, type TestApp, startApp } from './support/start-app.js';

const WRONG = 'four bright birds sang';

describe('throttling', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({
      RATE_LIMIT: 'on',
      TRUSTED_PROXIES: '10.0.0.0/8',
      LIMIT_REGISTER: '1000/3600',
      LIMIT_SIGN_IN_NETWORK: '1000/900',
    });
  });
  afterAll(() => app.stop());

  let network = 0;
  /** An address nobody else in this file uses. */
  const freshIp = (): string => `192.0.2.${(network += 1)}`;
  const login = (identifier: string, password: string, options: object = {}): Promise<Answer> =>
    app.post('/v1/auth/login', { identifier, password }, { remoteAddress: '192.0.2.250', ...options });
  const failures = async (email: string): Promise<number> => {
    const rows = await app.rows<{ failures: number }>(
      'SELECT password_failures AS failures FROM user_activity a JOIN users u ON u.id = a.user_id WHERE email_key = $1',
      [email],
    );
    return rows[0]?.failures ?? 0;
  };

  it('evaluates at most five of 50 parallel wrong passwords', async () => {
    const { email } = await register(app);
    const answers = await Promise.all(Array.from({ length: 50 }, () => login(email, WRONG)));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(45);
    expect(await failures(email)).toBe(5);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.body.code).toBe('request.throttled');
    expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused?.headers['ratelimit']).toMatch(/^"sign-in";r=0;t=\d+$/);
    expect(refused?.headers['ratelimit-policy']).toBe('"sign-in";q=5;w=900');
  });

  it('lets 20 parallel right passwords through', async () => {
    const { email } = await register(app);
    const answers = await Promise.all(Array.from({ length: 20 }, () => login(email, PASSWORD)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
  });

  it('answers the same for accounts that do not exist', async () => {
    const { email } = await register(app);
    const sequence = async (identifier: string, remoteAddress: string): Promise<object[]> => {
      const seen = [];
      for (let i = 0; i < 7; i += 1) {
        const { status, body, headers } = await login(identifier, WRONG, { remoteAddress });
        const { 'x-request-id': _id, date: _date, ...rest } = headers;
        // A second may pass between the two sequences.
        const steady = { ratelimit: String(rest['ratelimit']).replace(/t=\d+/, ''), 'retry-after': typeof rest['retry-after'] };
        seen.push({ status, body: { ...body, requestId: '' }, headers: { ...rest, ...steady } });
      }
      return seen;
    };
    expect(await sequence(email, freshIp())).toEqual(await sequence(freshEmail(), freshIp()));
  });

  it('does not lock the owner out who comes from elsewhere', async () => {
    const { email } = await register(app);
    const attacker = freshIp();
    for (let i = 0; i < 7; i += 1) await login(email, WRONG, { remoteAddress: attacker });
    expect((await login(email, PASSWORD, { remoteAddress: attacker })).status).toBe(429);
    expect((await login(email, PASSWORD, { remoteAddress: freshIp() })).status).toBe(200);
  });

  it('counts the identifiers of one account together without telling, and all spellings of a request', async () => {
    const username = `Grace.${process.pid}`;
    const { email } = await register(app, { username });
    const remoteAddress = freshIp();
    const tries = [
      () => login(email, WRONG, { remoteAddress }),
      () => login(email.toUpperCase(), WRONG, { remoteAddress }),
      () => login(username.toLowerCase(), WRONG, { remoteAddress }),
      () => app.post('//v1/auth/login/', { identifier: ` ${email} `, password: WRONG }, { remoteAddress }),
      () => app.post('/v1/auth/%6cogin', { identifier: email, password: WRONG }, { remoteAddress }),
    ];
    for (const attempt of tries) expect((await attempt()).status).toBe(401);
    // That these names belong together is nobody's business: the answer is that of a wrong password, the header that of the name.
    const refused = await login(username, PASSWORD, { remoteAddress });
    expect([refused.status, refused.body.code]).toEqual([401, 'auth.bad_credentials']);
    expect(refused.headers['ratelimit']).toMatch(/^"sign-in";r=3;/);
  });

  it.each([
    ['one IPv6 /64', ['2001:db8:1:2::1', '2001:db8:1:2:ffff::2', '2001:0db8:0001:0002:0:0:0:3', '2001:DB8:1:2::4', '2001:db8:1:2:5::']],
    [
      'an IPv4 address and its IPv6-mapped form',
      ['198.51.100.7', '::ffff:198.51.100.7', '::FFFF:198.51.100.7', '::ffff:c633:6407', '198.51.100.7'],
    ],
  ])('counts %s as one network', async (_, addresses) => {
    const { email } = await register(app);
    for (const remoteAddress of addresses) expect((await login(email, WRONG, { remoteAddress })).status).toBe(401);
    expect((await login(email, PASSWORD, { remoteAddress: addresses[0] })).status).toBe(429);
  });

  it('does not believe X-Forwarded-For of a direct client, and does of a trusted proxy', async () => {
    const { email } = await register(app);
    const forwarded = (i: number) => ({ 'x-forwarded-for': `203.0.113.${i}` });
    const direct = freshIp();
    for (let i = 0; i < 5; i += 1) await login(email, WRONG, { remoteAddress: direct, headers: forwarded(i) });
    expect((await login(email, PASSWORD, { remoteAddress: direct, headers: forwarded(99) })).status).toBe(429);

    for (let i = 0; i < 5; i += 1) await login(email, WRONG, { remoteAddress: '10.1.2.3', headers: forwarded(7) });
    expect((await login(email, PASSWORD, { remoteAddress: '10.1.2.3', headers: forwarded(7) })).status).toBe(429);
    expect((await login(email, PASSWORD, { remoteAddress: '10.1.2.3', headers: forwarded(8) })).status).toBe(200);
  });

  it.each([
    ['a port', (i: number) => `203.0.113.77:${50_000 + i}`, '203.0.113.77'],
    ['brackets and a port', (i: number) => `[2001:db8:7:7::1]:${50_000 + i}`, '2001:db8:7:7::1'],
    ['no address at all', (i: number) => `visit evil.example ${i}`, '10.9.9.9'],
  ])('counts and records the address when a trusted proxy forwards it with %s', async (_, forwarded, recorded) => {
    const { email } = await register(app);
    const from = (i: number) => ({ remoteAddress: '10.9.9.9', headers: { 'x-forwarded-for': forwarded(i) } });
    for (let i = 0; i < 5; i += 1) expect((await login(email, WRONG, from(i))).status).toBe(401);
    expect((await login(email, PASSWORD, from(9))).status).toBe(429);
    const rows = await app.rows<{ ip: string }>(
      `SELECT DISTINCT ip FROM audit_events a JOIN users u ON u.id = a.subject_id WHERE email_key = $1 AND a.outcome = 'failure'`,
      [email],
    );
    expect(rows).toEqual([{ ip: recorded }]);
  });

  it('locks a password after 100 wrong ones in a row, and a right one before starts anew', async () => {
    const { email } = await register(app);
    await app.db.query('UPDATE user_activity SET password_failures = 98 WHERE user_id = (SELECT id FROM users WHERE email_key = $1)', [
      email,
    ]);
    await app.db.query(
      'INSERT INTO user_activity (user_id, password_failures) SELECT id, 98 FROM users WHERE email_key = $1 ON CONFLICT DO NOTHING',
      [email],
    );
    await login(email, WRONG, { remoteAddress: freshIp() });
    expect((await login(email, PASSWORD, { remoteAddress: freshIp() })).status).toBe(200);
    expect(await failures(email)).toBe(0);

    await app.db.query('UPDATE user_activity SET password_failures = 99 WHERE user_id = (SELECT id FROM users WHERE email_key = $1)', [
      email,
    ]);
    await login(email, WRONG, { remoteAddress: freshIp() });
    const locked = await login(email, PASSWORD, { remoteAddress: freshIp() });
    expect(locked.status).toBe(401);
    expect(locked.body.code).toBe('auth.bad_credentials');
  });

  it('stops sending mails to one address and says nothing of it', async () => {
    const { email } = await register(app);
    const answers = [];
    for (let i = 0; i < 10; i += 1)
      answers.push(await app.post('/v1/auth/email/verification', { email }, { remoteAddress: '192.0.2.251' }));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    const mails = await app.rows('SELECT id FROM mails WHERE recipient = $1', [email]);
    expect(mails).toHaveLength(6);
  });

  it('limits how often one network may cause mails', async () => {
    const remoteAddress = freshIp();
    let answer: Answer | undefined;
    for (let i = 0; i < 31; i += 1) answer = await app.post('/v1/auth/email/verification', { email: freshEmail() }, { remoteAddress });
    expect(answer?.status).toBe(429);
    expect(answer?.headers['retry-after']).toBeDefined();
  });

  it('throttles nothing with RATE_LIMIT=off', async () => {
    const open = await startApp({ RATE_LIMIT: 'off' });
    const { email } = await register(open);
    for (let i = 0; i < 8; i += 1) expect((await open.post('/v1/auth/login', { identifier: email, password: WRONG })).status).toBe(401);
    await signIn(open, email);
    await open.stop();
  });

  it('counts no mail for a registration that is refused', async () => {
    const { email } = await register(app);
    await app.rows('UPDATE users SET email_verified_at = now() WHERE email = $1', [email]);
    const mails = () => app.rows('SELECT id FROM mails WHERE recipient = $1', [email]);
    for (let i = 0; i < 10; i += 1) {
      const again = await app.post('/v1/auth/register', { email, password: PASSWORD }, { remoteAddress: freshIp() });
      expect(again.body.code).toBe('user.email_taken');
    }
    await app.post('/v1/auth/password/forgot', { identifier: email });
    expect(await mails()).toHaveLength(2);
  });
});
