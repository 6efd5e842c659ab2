import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshEmail } from '../support/accounts.js';
import { ContractClient, startContracts } from '../support/contracts.js';
import type { Answer, TestApp } from '../support/start-app.js';

const PASSWORD = 'rahasia';
const NO_MATCH = { status: 400, message: 'username and password not match', data: null, refrence: null, error: true };
const THROTTLED = { status: 429, message: 'too many requests, try again later', data: null, refrence: null, error: true };

describe('guessing through user-spec', () => {
  let app: TestApp;
  let api: ContractClient;
  beforeAll(async () => {
    app = await startContracts({
      RATE_LIMIT: 'on',
      LIMIT_REGISTER: '1000/3600',
      LIMIT_SIGN_IN_NETWORK: '10000/900',
      LIMIT_MAIL_REQUESTS: '12/3600',
      LIMIT_MAIL_ADDRESS: '3/3600',
    });
    api = new ContractClient(app, 'user-spec');
  });
  afterAll(() => app.stop());

  const register = async (): Promise<string> => {
    const username = freshEmail('safe');
    const answer = await api.send('POST', '/users', { username, password: PASSWORD });
    if (answer.status !== 200) throw new Error(answer.text);
    return username;
  };
  /** What a stranger sees of an answer, but for what always differs. */
  const seen = ({ status, text, headers }: Answer): object => {
    const { 'x-request-id': _id, date: _date, ratelimit, 'retry-after': _after, ...rest } = headers;
    return { status, text, headers: { ...rest, ratelimit: String(ratelimit).replace(/t=\d+/, '') } };
  };

  it('evaluates at most five of 50 parallel wrong passwords, and in every spelling of path and name', async () => {
    const username = await register();
    const paths = ['/users/login', '//users/login', '/users/login/', '/users/%6cogin'];
    const names = [username, username.toUpperCase(), ` ${username} `];
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        api.send('POST', String(paths[i % 4]), { username: names[i % 3], password: 'wrong1', extra: String(i) }),
      ),
    );
    const evaluated = answers.filter(({ status }) => status === 400).map(({ body }) => body);
    expect(evaluated.length).toBeLessThanOrEqual(5);
    expect(evaluated).toEqual(evaluated.map(() => NO_MATCH));
    const throttled = answers.filter(({ status }) => status === 429);
    expect(throttled.map(({ body }) => body)).toEqual(throttled.map(() => THROTTLED));
    // A machine that has no time sends some away before it gets to them.
    expect(answers.filter(({ status }) => ![400, 429, 503].includes(status))).toEqual([]);
    expect(Number(throttled[0]?.headers['retry-after'])).toBeGreaterThan(0);
    // An attacker who locks the owner out does not stop the owner's reset.
    const before = await app.mailbox.newest(username);
    await api.send('POST', '/users/reset-password', { username });
    const { token } = await app.mailbox.newest(username, before);
    const updated = await api.send('PUT', '/users/reset-password/update-password', { password: 'narokay123' }, { token });
    expect(updated.status).toBe(200);
    expect((await api.send('POST', '/users/login', { username, password: 'narokay123' })).status).toBe(200);
  });

  it('lets 20 parallel right passwords through', async () => {
    const username = await register();
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.send('POST', '/users/login', { username, password: PASSWORD })));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
  });

  it('answers the same for accounts that do not exist, once it is throttled too', async () => {
    const attempts = async (username: string): Promise<object[]> => {
      const answers = [];
      for (let i = 0; i < 7; i += 1) answers.push(seen(await api.send('POST', '/users/login', { username, password: 'wrong1' })));
      return answers;
    };
    expect(await attempts(await register())).toEqual(await attempts(freshEmail()));
  });

  it('registers one of 20 at once', async () => {
    const username = freshEmail('twin');
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.send('POST', '/users', { username, password: PASSWORD })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.message === 'username already exist')).toHaveLength(19);
    expect(await app.rows('SELECT 1 FROM users WHERE email_key = $1', [username])).toHaveLength(1);
  });

  describe('a reset', () => {
    /** From an address of its own, so that no other test uses up its share. */
    const ask = (username: string, remoteAddress: string, headers: Record<string, string> = {}) =>
      app.post('/contracts/user-spec/users/reset-password', { username }, { remoteAddress, headers });

    it('mails no address without end, says nothing of it, and keeps the last link good', async () => {
      const username = await register();
      let mail = await app.mailbox.newest(username);
      for (let i = 0; i < 2; i += 1) {
        await ask(username, '192.0.2.1');
        mail = await app.mailbox.newest(username, mail);
      }
      const count = app.mailbox.count(username);
      expect((await ask(username, '192.0.2.1')).status).toBe(200);
      expect(app.mailbox.count(username)).toBe(count);
      expect((await api.get('/users/reset-password/verify-token', { token: mail.token })).status).toBe(200);
    });

    it('is throttled by network alike for known and unknown accounts', async () => {
      const username = await register();
      const answers = [];
      for (let i = 0; i < 14; i += 1) answers.push(await ask(i % 2 === 0 ? username : freshEmail(), '192.0.2.2'));
      expect(answers.map(({ status }) => status)).toEqual([...Array(12).fill(200), 429, 429]);
      const [known, unknown] = answers.slice(-2).map(seen);
      expect(known).toMatchObject({ text: JSON.stringify(THROTTLED) });
      expect(unknown).toEqual(known);
    });

    it('has its link from configuration, whatever the request says its host is', async () => {
      const username = await register();
      const before = await app.mailbox.newest(username);
      const headers = { host: 'evil.test', 'x-forwarded-host': 'evil.test', origin: 'https://evil.test', forwarded: 'host=evil.test' };
      await ask(username, '192.0.2.3', headers);
      const mail = await app.mailbox.newest(username, before);
      expect(mail.links.every((link) => link.startsWith(`${app.settings.PUBLIC_URL}/account/reset-password?token=`))).toBe(true);
      expect(`${mail.html}${mail.text}`).not.toContain('evil');
    });
  });
});
