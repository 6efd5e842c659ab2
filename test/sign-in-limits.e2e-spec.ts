import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MailBudget } from '../src/auth/challenges/mail-budget.service.js';
import { ThrottleService } from '../src/throttling/throttle.service.js';
import { PASSWORD, freshEmail, register } from './support/accounts.js';
import { NEW_PASSWORD } from './support/password-reset.js';
import { type Answer, type TestApp, startApp } from './support/start-app.js';

const WRONG = 'four bright birds sang';
const PER_ACCOUNT = 6;
const PER_NETWORK = 8;

describe('limits of signing in, beside that of an account in a network', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({
      RATE_LIMIT: 'on',
      LIMIT_REGISTER: '1000/3600',
      LIMIT_SIGN_IN_ACCOUNT: `${PER_ACCOUNT}/900`,
      LIMIT_SIGN_IN_NETWORK: `${PER_NETWORK}/900`,
    });
  });
  afterAll(() => app.stop());

  let serial = 0;
  /** An IPv6 network that nobody else in this file uses. */
  const freshNetwork = (): string => `2001:db8:1:${(serial += 1).toString(16)}::`;
  const login = (identifier: string, password: string, remoteAddress: string): Promise<Answer> =>
    app.post('/v1/auth/login', { identifier, password }, { remoteAddress });
  const policyOf = ({ headers }: Answer): unknown => headers['ratelimit-policy'];

  describe('an account tried from everywhere', () => {
    it('is closed to everybody after so many wrong passwords, whether or not there is one', async () => {
      const { email } = await register(app);
      const seen = [];
      for (const identifier of [email, freshEmail()]) {
        for (let i = 0; i < PER_ACCOUNT; i += 1) expect((await login(identifier, WRONG, freshNetwork())).status).toBe(401);
        const refused = await login(identifier, PASSWORD, freshNetwork());
        expect(refused.status).toBe(429);
        expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
        seen.push([policyOf(refused), { ...refused.body, requestId: '' } as object]);
      }
      expect(seen[0]?.[0]).toBe(`"sign-in-account";q=${PER_ACCOUNT};w=900`);
      expect(seen[0]).toEqual(seen[1]);
    });

    it('evaluates no more than that of 40 at once', async () => {
      const { email } = await register(app);
      const answers = await Promise.all(Array.from({ length: 40 }, () => login(email, WRONG, freshNetwork())));
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(PER_ACCOUNT);
      expect(answers.filter(({ status }) => status === 429)).toHaveLength(40 - PER_ACCOUNT);
    });

    it('stays open where its owner is signed in, if nothing else could open it: by the password alone, and within the limit of that network', async () => {
      const home = '203.0.113.70';
      const mobile = '+12125557070';
      await register(app, { email: undefined, mobile });
      const { accessToken: token } = (await login(mobile, PASSWORD, home)).body;
      for (let i = 0; i < PER_ACCOUNT; i += 1) expect((await login(mobile, WRONG, freshNetwork())).status).toBe(401);
      expect((await login(mobile, PASSWORD, freshNetwork())).status).toBe(429);

      const right = await login(mobile, PASSWORD, home);
      expect([right.status, policyOf(right)]).toEqual([200, undefined]);
      const change = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
      expect((await app.call('PUT', '/v1/auth/password', { token, body: change, remoteAddress: home })).status).toBe(204);
    });

    it('looks at no more wrong passwords from there than from any network, nor at any if a reset could open it', async () => {
      const home = '203.0.113.71';
      const mobile = '+12125557071';
      await register(app, { email: undefined, mobile });
      const owner = await register(app);
      for (const identifier of [mobile, owner.email]) {
        expect((await login(identifier, PASSWORD, home)).status).toBe(200);
        for (let i = 0; i < PER_ACCOUNT; i += 1) await login(identifier, WRONG, freshNetwork());
      }
      expect((await login(owner.email, PASSWORD, home)).status).toBe(429);
      for (let i = 0; i < 5; i += 1) expect((await login(mobile, WRONG, home)).status).toBe(429);
      const refused = await login(mobile, PASSWORD, home);
      expect([refused.status, policyOf(refused)]).toEqual([429, '"sign-in";q=5;w=900']);
    });

    it('opens to its owner by a reset, from anywhere', async () => {
      const { email } = await register(app);
      const before = await app.mailbox.newest(email);
      for (let i = 0; i < PER_ACCOUNT; i += 1) await login(email, WRONG, freshNetwork());
      const home = freshNetwork();
      expect((await login(email, PASSWORD, home)).status).toBe(429);
      expect((await app.post('/v1/auth/password/forgot', { identifier: email }, { remoteAddress: home })).status).toBe(202);
      const { token } = await app.mailbox.newest(email, before);
      const reset = await app.post('/v1/auth/password/reset', { token, newPassword: NEW_PASSWORD }, { remoteAddress: home });
      expect(reset.status).toBe(204);
      for (const network of [home, freshNetwork()]) expect((await login(email, NEW_PASSWORD, network)).status).toBe(200);
    });
  });

  describe('a network that tries many accounts', () => {
    it('is refused for all of them after so many wrong passwords; others are not', async () => {
      const { email } = await register(app);
      const network = freshNetwork();
      for (let i = 0; i < PER_NETWORK; i += 1) {
        const { email: victim } = i % 2 === 0 ? await register(app) : { email: freshEmail() };
        // Each from another address of the same /64.
        expect((await login(victim, WRONG, `${network}${i}`)).status).toBe(401);
      }
      const refused = await login(email, PASSWORD, `${network}ffff`);
      expect([refused.status, policyOf(refused)]).toEqual([429, `"sign-in-network";q=${PER_NETWORK};w=900`]);
      expect((await login(email, PASSWORD, freshNetwork())).status).toBe(200);
    });

    it('is not held up by any number of right ones', async () => {
      const { email } = await register(app);
      const network = freshNetwork();
      const answers = await Promise.all(Array.from({ length: 3 * PER_NETWORK }, () => login(email, PASSWORD, network)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    });
  });

  it('count nothing that compares no password', async () => {
    const { email } = await register(app);
    const remoteAddress = freshNetwork();
    for (let i = 0; i < PER_NETWORK; i += 1) {
      const body = { identifier: email, password: WRONG, admin: true };
      expect((await app.post('/v1/auth/login', body, { remoteAddress })).status).toBe(422);
      expect([404, 405]).toContain((await app.call('HEAD', '/v1/auth/login', { remoteAddress })).status);
    }
    expect((await login(email, PASSWORD, remoteAddress)).status).toBe(200);
  });
});

describe('the limit of mails to all addresses', () => {
  it('holds without a word, so that nobody can tell from it who has an account', async () => {
    const app = await startApp({ RATE_LIMIT: 'on', LIMIT_MAIL_TOTAL: '3/3600' });
    try {
      const accounts = [await register(app), await register(app), await register(app)];
      const ask = (email: string): Promise<Answer> => app.post('/v1/auth/email/verification', { email });
      const count = async (): Promise<number> => (await app.rows('SELECT 1 FROM mails')).length;
      expect(await count()).toBe(3);
      const answers = [];
      for (const email of [...accounts.map((account) => account.email), freshEmail()]) answers.push(await ask(email));
      expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(new Set(['202 ']));
      expect(await count()).toBe(3);
      // An account can be made all the same; its mail can be asked for when the hour is over.
      await register(app);
      expect(await count()).toBe(3);
      // Nor is anybody's share used up by mails that are not sent.
      const email = freshEmail();
      const budget = app.nest.get(MailBudget);
      for (let i = 0; i < 10; i += 1) expect(await budget.spend(email)).toBe(false);
      await app.nest.get(ThrottleService).take({ limit: 'mail-address', of: email });
    } finally {
      await app.stop();
    }
  });
});

describe('asking for a confirmation mail', () => {
  it('gets the same answer, headers included, for unknown, unverified, verified and disabled accounts', async () => {
    const app = await startApp({ RATE_LIMIT: 'on' });
    try {
      const [unverified, verified, disabled] = [await register(app), await register(app), await register(app)];
      await app.rows('UPDATE users SET email_verified_at = now() WHERE id = $1', [verified.id]);
      await app.rows('UPDATE users SET disabled_at = now() WHERE id = $1', [disabled.id]);
      const mails = (): Promise<object[]> => app.rows('SELECT 1 FROM mails WHERE user_id = ANY($1)', [[verified.id, disabled.id]]);
      const before = await mails();
      const seen = new Set<string>();
      for (const [i, email] of [freshEmail(), unverified.email, verified.email, disabled.email].entries()) {
        const answer = await app.post('/v1/auth/email/verification', { email }, { remoteAddress: `192.0.2.${i}` });
        const { 'x-request-id': _id, date: _date, ...headers } = answer.headers;
        seen.add(JSON.stringify([answer.status, answer.text, headers]));
      }
      expect([...seen]).toHaveLength(1);
      expect(await mails()).toEqual(before);
    } finally {
      await app.stop();
    }
  });
});
