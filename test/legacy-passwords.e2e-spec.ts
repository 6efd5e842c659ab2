import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, freshEmail, register, signIn } from './support/accounts.js';
import { OLD_SYSTEM_SECRET, OldSystem } from './support/old-system.js';
import { poll } from './support/poll.js';
import { type Answer, type TestApp, startApp } from './support/start-app.js';

const OURS = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/;
/** Too short for our own policy. */
const OLD_PASSWORD = 'swallow1';
const PER_NETWORK = 6;

const old = new OldSystem();
let url: string;
beforeAll(async () => {
  url = await old.start();
});
afterAll(() => old.stop());
afterEach(() => {
  old.manner = null;
  old.asked.length = 0;
});

/** An account that was imported without a usable password. */
async function moved(app: TestApp, stored: string | null = null): Promise<{ id: string; email: string }> {
  const { id, email } = await register(app);
  await app.rows('UPDATE users SET password_hash = $2 WHERE id = $1', [id, stored]);
  old.passwords.set(email, OLD_PASSWORD);
  return { id, email };
}

/** An account that only the old system has. */
function elsewhere(fields: object = {}): string {
  const email = freshEmail('grace');
  old.passwords.set(email, OLD_PASSWORD);
  old.accounts.set(email, { email, emailVerifiedAt: '2020-07-20T10:53:29Z', firstName: 'Grace', ...fields });
  return email;
}

async function hashOf(app: TestApp, id: string): Promise<string | null> {
  const [row] = await app.rows<{ hash: string | null }>('SELECT password_hash AS hash FROM users WHERE id = $1', [id]);
  return row?.hash ?? null;
}

const events = (app: TestApp, id: string): Promise<{ action: string; details: object }[]> =>
  app.rows(`SELECT action, details FROM audit_events WHERE subject_id = $1 AND action LIKE 'account.%' ORDER BY id`, [id]);

describe('the first sign-in of an account whose password only the old system knows', () => {
  let app: TestApp;
  const login = (identifier: string, password: string, remoteAddress = '192.0.2.7'): Promise<Answer> =>
    app.post('/v1/auth/login', { identifier, password }, { remoteAddress });
  /** A login without what differs in each answer. */
  const told = ({ status, body }: Answer): object => ({ status, ...(body as object), requestId: '' });

  beforeAll(async () => {
    app = await startApp({ LEGACY_VERIFY_URL: url, LEGACY_VERIFY_SECRET: OLD_SYSTEM_SECRET });
  });
  afterAll(() => app.stop());

  it.each([
    ['no hash', null],
    ['a hash of an unknown kind', '$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7'],
    ['a hash dearer than one sign-in may be', '$2b$31$abcdefghijklmnopqrstuudVF5wSjKYArxlSvvoHJ6R6VD7Dx7gs6'],
  ])('with %s: asks once, in a signed request, and compares here from then on', async (_, stored) => {
    const { id, email } = await moved(app, stored);
    const before = await app.rows('SELECT version, updated_at FROM users WHERE id = $1', [id]);

    expect((await login(email, OLD_PASSWORD)).status).toBe(200);
    expect(old.asked).toMatchObject([{ identifier: email, password: OLD_PASSWORD }]);
    expect(old.asked[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': expect.stringMatching(/^msg_[\da-f-]{36}$/),
      'webhook-signature': expect.stringMatching(/^v1,[\w+/]{43}=$/),
    });
    expect(await hashOf(app, id)).toMatch(OURS);
    expect(await app.rows('SELECT version, updated_at FROM users WHERE id = $1', [id])).toEqual(before);
    expect((await events(app, id)).at(-1)).toEqual({
      action: 'account.adopted',
      details: { from: new URL(url).host, created: false },
    });

    expect((await login(email, OLD_PASSWORD)).status).toBe(200);
    expect((await login(email, `${OLD_PASSWORD}x`)).status).toBe(401);
    expect(old.asked).toHaveLength(1);
  });

  it('with a wrong password: leaves the row as it was, and answers like one for an account that does not exist', async () => {
    const { id, email } = await moved(app);
    const before = await app.rows('SELECT * FROM users WHERE id = $1', [id]);
    const answers = [await login(email, 'swallow2'), await login(freshEmail(), 'swallow2')].map(told);
    expect(answers[0]).toMatchObject({ status: 401, code: 'auth.bad_credentials' });
    expect(answers[1]).toEqual(answers[0]);
    expect(await app.rows('SELECT * FROM users WHERE id = $1', [id])).toEqual(before);
    // Unless it is told to, it asks about known accounts alone.
    expect(old.asked.map(({ identifier }) => identifier)).toEqual([email]);
  });

  it('takes "verified": false for a no', async () => {
    const { email } = await moved(app);
    old.manner = () => ({ status: 200, body: { verified: false } });
    expect((await login(email, OLD_PASSWORD)).status).toBe(401);
  });

  it('by another identifier of the account: the old system gets what was typed', async () => {
    const { id } = await moved(app);
    await app.rows(`UPDATE users SET username = 'Grace', username_key = 'grace' WHERE id = $1`, [id]);
    old.passwords.set('GRACE', OLD_PASSWORD);
    expect((await login('GRACE', OLD_PASSWORD)).status).toBe(200);
    expect(await hashOf(app, id)).toMatch(OURS);
  });

  it('six times at once: all succeed, and one hash is kept, with one event', async () => {
    const { id, email } = await moved(app);
    const answers = await Promise.all(Array.from({ length: 6 }, () => login(email, OLD_PASSWORD)));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
    expect(await hashOf(app, id)).toMatch(OURS);
    expect((await events(app, id)).filter(({ action }) => action === 'account.adopted')).toHaveLength(1);
    await signIn(app, email, OLD_PASSWORD);
  });

  it('loses to a reset that is made while the old system thinks', async () => {
    const { id, email } = await moved(app);
    const waiting: (() => void)[] = [];
    old.manner = (_, __, reply) => {
      waiting.push(() => void reply.writeHead(200).end('{"verified":true}'));
      return null;
    };
    const signingIn = login(email, OLD_PASSWORD);
    const answer = await poll('the request', () => waiting[0]);
    const before = await app.mailbox.newest(email);
    await app.post('/v1/auth/password/forgot', { identifier: email });
    const { token } = await app.mailbox.newest(email, before);
    expect((await app.post('/v1/auth/password/reset', { token, newPassword: PASSWORD })).status).toBe(204);
    const chosen = await hashOf(app, id);
    answer();
    expect((await signingIn).status).toBe(401);
    expect(await hashOf(app, id)).toBe(chosen);

    old.manner = null;
    old.asked.length = 0;
    expect((await login(email, OLD_PASSWORD)).status).toBe(401);
    expect((await login(email, PASSWORD)).status).toBe(200);
    expect(old.asked).toEqual([]);
  });

  it('does not open an account whose password was locked', async () => {
    const { id, email } = await moved(app);
    await app.rows('UPDATE users SET password_locked_at = now() WHERE id = $1', [id]);
    expect((await login(email, OLD_PASSWORD)).status).toBe(401);
    expect(await hashOf(app, id)).toBeNull();
  });

  it('is not asked about an account with an elevated role: whoever controls it would administer this server', async () => {
    const { id, email } = await moved(app);
    await app.rows(`UPDATE users SET roles = '{admin,user}' WHERE id = $1`, [id]);
    expect(told(await login(email, OLD_PASSWORD))).toEqual(told(await login(freshEmail(), OLD_PASSWORD)));
    expect(old.asked).toEqual([]);
    await app.rows(`UPDATE users SET roles = '{librarian,user}' WHERE id = $1`, [id]);
    expect((await login(email, OLD_PASSWORD)).status).toBe(200);
  });

  it('of a disabled account says so, as after any right password', async () => {
    const { id, email } = await moved(app);
    await app.rows('UPDATE users SET disabled_at = now() WHERE id = $1', [id]);
    expect(told(await login(email, OLD_PASSWORD))).toMatchObject({ status: 403, code: 'auth.account_disabled' });
  });

  describe('while the old system', () => {
    const MANNERS: [string, NonNullable<OldSystem['manner']>, RegExp][] = [
      ['does not answer', () => null, /no answer within 2000 ms/],
      [
        'answers and then falls silent',
        (_, __, reply) => {
          reply.writeHead(200).write('{"verified":');
          return null;
        },
        /no answer within 2000 ms/,
      ],
      [
        'breaks the connection',
        (_, __, reply) => {
          reply.socket?.destroy();
          return null;
        },
        /the connection failed/,
      ],
      [
        'redirects',
        (_, __, reply) => {
          reply.writeHead(307, { location: `${url}/elsewhere` }).end();
          return null;
        },
        /it answered 307/,
      ],
      ['fails', () => ({ status: 500, body: { verified: true } }), /it answered 500/],
      ['refuses by another status', () => ({ status: 403 }), /it answered 403/],
      [
        'answers with a page',
        (_, __, reply) => {
          reply.writeHead(200).end('<p>verified: true');
          return null;
        },
        /no JSON/,
      ],
      ['answers null', () => ({ status: 200, body: null }), /no JSON object/],
      ['answers "true"', () => ({ status: 200, body: { verified: 'true' } }), /has no .*verified/],
      ['answers too much', () => ({ status: 200, body: { verified: true, account: 'x'.repeat(70_000) } }), /more than 65536 bytes/],
    ];

    it.each(MANNERS)('%s: 503 with Retry-After, nothing is stored, and the log says why', async (_, manner, reason) => {
      const { id, email } = await moved(app);
      old.manner = manner;
      const answer = await login(email, OLD_PASSWORD);
      expect(told(answer)).toMatchObject({ status: 503, code: 'server.unavailable' });
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      expect(await hashOf(app, id)).toBeNull();
      // The redirection is not followed, and nothing is tried twice.
      expect(old.asked).toHaveLength(1);
      expect(app.logs.filter((line) => line.includes('cannot be asked')).at(-1)).toMatch(reason);

      old.manner = null;
      expect((await login(email, OLD_PASSWORD)).status).toBe(200);
    });

    it('hangs, everybody else signs in', async () => {
      const [{ email }, hanging] = [await register(app), await moved(app)];
      const answers: (() => void)[] = [];
      old.manner = (_, __, reply) => {
        answers.push(() => void reply.destroy());
        return null;
      };
      const waiting = login(hanging.email, OLD_PASSWORD);
      const hangUp = await poll('the request', () => answers[0]);
      expect((await login(email, PASSWORD)).status).toBe(200);
      hangUp();
      expect((await waiting).status).toBe(503);
    });
  });

  it('is counted', async () => {
    const { text } = await app.get('/metrics', { remoteAddress: '127.0.0.1' });
    for (const name of ['confirmed', 'refused', 'failed']) expect(text).toMatch(new RegExp(`^latchkey_legacy_${name}_total [1-9]`, 'm'));
  });

  it('writes no password to the log or the audit log', async () => {
    expect(app.logs.join('\n')).not.toContain(OLD_PASSWORD);
    expect(JSON.stringify(await app.rows('SELECT * FROM audit_events'))).not.toContain(OLD_PASSWORD);
  });
});

describe('identifiers that only the old system knows', () => {
  let app: TestApp;
  const login = (identifier: string, password: string): Promise<Answer> => app.post('/v1/auth/login', { identifier, password });
  const accountsOf = (email: string): Promise<{ id: string; roles: string[] }[]> =>
    app.rows('SELECT id, roles FROM users WHERE email_key = $1', [email]);

  beforeAll(async () => {
    app = await startApp({
      LEGACY_VERIFY_URL: url,
      LEGACY_VERIFY_SECRET: OLD_SYSTEM_SECRET,
      LEGACY_VERIFY_UNKNOWN: 'true',
      RATE_LIMIT: 'on',
      LIMIT_REGISTER: '1000/3600',
      LIMIT_SIGN_IN: `${PER_NETWORK}/900`,
    });
  });
  afterAll(() => app.stop());

  it('become accounts, as an import makes them', async () => {
    const email = elsewhere({ id: 'b4a7b0a6-5a4f-4c36-9c1c-0d6f6f7c1e9a', username: 'grace.h', metadata: { theme: 'dark' } });
    const answer = await login(email, OLD_PASSWORD);
    expect(answer.status).toBe(200);
    expect(answer.body.user).toMatchObject({
      id: 'b4a7b0a6-5a4f-4c36-9c1c-0d6f6f7c1e9a',
      email,
      emailVerified: true,
      username: 'grace.h',
      firstName: 'Grace',
      metadata: { theme: 'dark' },
      roles: ['user'],
    });
    const details = { from: new URL(url).host };
    expect(await events(app, answer.body.user.id)).toEqual([
      { action: 'account.imported', details },
      { action: 'account.adopted', details: { ...details, created: true } },
    ]);
    expect((await login('grace.h', OLD_PASSWORD)).status).toBe(200);
    expect(old.asked).toHaveLength(1);
  });

  it('become one account of six sign-ins at once', async () => {
    const email = elsewhere();
    const answers = await Promise.all(Array.from({ length: 6 }, () => login(email, OLD_PASSWORD)));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
    expect(await accountsOf(email)).toHaveLength(1);
  });

  it('get no elevated role, no lock and no other hash from there', async () => {
    const email = elsewhere({ roles: ['admin', 'user'], passwordHash: '{SHA}abc', passwordLockedAt: true });
    expect((await login(email, OLD_PASSWORD)).status).toBe(200);
    const [account] = await accountsOf(email);
    expect(account?.roles).toEqual(['user']);
    expect(await hashOf(app, account?.id ?? '')).toMatch(OURS);
  });

  it('with a wrong password are not told from others, nor counted otherwise', async () => {
    const { email: known } = await moved(app);
    const identifiers = [elsewhere(), freshEmail(), known, (await register(app)).email];
    const seen = [];
    for (const identifier of identifiers) {
      const answers = [];
      for (let i = 0; i <= PER_NETWORK; i += 1) answers.push(await login(identifier, 'swallow2'));
      seen.push(
        answers.map(({ status, body, headers }) => [
          status,
          { ...(body as object), requestId: '' },
          headers['ratelimit']?.toString().replace(/t=\d+/, ''),
        ]),
      );
      expect(answers.map(({ status }) => status)).toEqual([...Array<number>(PER_NETWORK).fill(401), 429]);
    }
    for (const each of seen) expect(each).toEqual(seen[0]);
    expect(old.asked).toHaveLength(3 * PER_NETWORK);
  });

  it.each([
    ['does not describe', undefined, /identifier|record/],
    ['describes wrongly', { email: 'no address', emailVerifiedAt: 'yesterday', colour: 'blue' }, /email|colour/],
    ['describes as another', { email: 'hopper@example.com' }, /the identifier that was typed/],
  ])('that the old system %s: 503, no account, and the log says why without the data', async (_, account, reason) => {
    const email = freshEmail();
    old.passwords.set(email, OLD_PASSWORD);
    old.accounts.set(email, account);
    const answer = await login(email, OLD_PASSWORD);
    expect([answer.status, answer.body.code]).toEqual([503, 'server.unavailable']);
    expect(await accountsOf(email)).toEqual([]);
    const line = app.logs.filter((text) => text.includes('cannot be asked')).at(-1);
    expect(line).toMatch(reason);
    expect(line).not.toContain('hopper');
  });

  it('that would take what another account has get the answer of a wrong password', async () => {
    const { id } = await register(app);
    const email = elsewhere({ id });
    expect((await login(email, OLD_PASSWORD)).status).toBe(401);
    expect(await accountsOf(email)).toEqual([]);
    const lines = app.logs.filter((line) => line.includes('another account has values of it'));
    expect(lines).toEqual([expect.stringContaining('"fields":["id"]')]);
    expect(lines[0]).not.toContain(email);
  });
});

describe('with ACCOUNT_PRIVACY=strict', () => {
  it('an account whose address nobody has proven opens to no password, and the old system changes nothing about that', async () => {
    const app = await startApp({
      ACCOUNT_PRIVACY: 'strict',
      LEGACY_VERIFY_URL: url,
      LEGACY_VERIFY_SECRET: OLD_SYSTEM_SECRET,
      LEGACY_VERIFY_UNKNOWN: 'true',
    });
    try {
      const email = freshEmail();
      old.passwords.set(email, OLD_PASSWORD);
      old.accounts.set(email, { email });
      expect((await app.post('/v1/auth/register', { email, password: PASSWORD })).status).toBe(202);
      const before = await app.rows('SELECT * FROM users WHERE email_key = $1', [email]);
      expect((await app.post('/v1/auth/login', { identifier: email, password: OLD_PASSWORD })).status).toBe(401);
      expect(await app.rows('SELECT * FROM users WHERE email_key = $1', [email])).toEqual(before);
      expect(old.asked).toHaveLength(1);
    } finally {
      await app.stop();
    }
  });
});
