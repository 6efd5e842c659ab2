import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BODY_FORMATS, ContractClient, startContracts } from '../support/contracts.js';
import { SadhelxFlow, freshSadhelxUser } from '../support/sadhelx.js';
import type { TestApp } from '../support/start-app.js';

const TOO_MANY = { status: false, msg: 'Too many requests. Please try again later' };

describe('the contract sadhelx', () => {
  let app: TestApp;
  let api: ContractClient;
  let flow: SadhelxFlow;
  beforeAll(async () => {
    app = await startContracts({
      RATE_LIMIT: 'on',
      LIMIT_REGISTER: '1000/3600',
      LIMIT_SIGN_IN_NETWORK: '10000/900',
      LIMIT_CODES: '1000/900',
      SIGN_IN_REQUIRES: 'verified',
    });
    api = new ContractClient(app, 'sadhelx');
    flow = new SadhelxFlow(app);
  });
  afterAll(() => app.stop());

  const path = (operation: string) => `/contracts/sadhelx${operation}`;

  it('evaluates at most five of 50 parallel wrong passwords, whatever the identity and the spelling of the path', async () => {
    const { email, username, password } = await flow.verified();
    const paths = ['/login', '//login', '/login/', '/%6cogin', '/login?a=1&a=2'];
    const identities = [email, username, email.toUpperCase(), ` ${username} `];
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        api.send(
          'POST',
          String(paths[i % paths.length]),
          { identity: identities[i % identities.length], password: 'wrong one', extra: String(i) },
          { headers: { 'x-forwarded-for': `203.0.113.${i}` } },
        ),
      ),
    );
    // Each name has an answer of its own five times; how often the account's password is compared is nowhere told.
    const refused = answers.filter(({ status }) => status === 401);
    expect(refused.length).toBeLessThanOrEqual(10);
    const [compared] = await app.rows<{ password_failures: number }>(
      'SELECT password_failures FROM user_activity a JOIN users u ON u.id = a.user_id WHERE u.email = $1',
      [email],
    );
    expect(compared?.password_failures ?? 0).toBeLessThanOrEqual(5);
    for (const { body } of refused) expect(body).toEqual({ status: false, msg: 'Invalid username or password' });
    // A machine that has a lot to do refuses some of them as busy.
    expect(answers.filter(({ status }) => ![401, 429, 503].includes(status))).toEqual([]);
    for (let i = 0; i < 5; i += 1) expect([401, 429]).toContain((await flow.login(email, 'wrong one')).status);
    const throttled = await flow.login(email, password);
    expect([throttled.status, throttled.body]).toEqual([429, TOO_MANY]);
    expect(Number(throttled.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('lets 20 parallel right passwords through', async () => {
    const { email, password } = await flow.verified();
    const answers = await Promise.all(Array.from({ length: 20 }, () => flow.login(email, password)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
  });

  it('signs up one of 20 at once', async () => {
    const fields = { ...freshSadhelxUser(), phonenumber: '+4915112345670' };
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.send('POST', '/signup', fields)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => ![201, 409, 503].includes(status))).toEqual([]);
    expect(await app.rows('SELECT 1 FROM users WHERE email_key = $1', [fields.email])).toHaveLength(1);
  });

  it('gives nobody a role, an id or a verification, whatever is sent along', async () => {
    const more = {
      role: 'admin',
      roles: ['admin'],
      isAdmin: true,
      id: 1,
      user_id: 1,
      emailVerified: true,
      email_verified_at: 'now',
      status: true,
    };
    const user = await flow.signedUp({ ...more, data: { user: { roles: ['admin'] } } });
    expect(await app.rows('SELECT roles, email_verified_at FROM users WHERE email_key = $1', [user.email])).toEqual([
      { roles: ['user'], email_verified_at: null },
    ]);
    expect((await flow.login(user.email, user.password)).body).toEqual({ status: false, msg: 'Email unverified' });
  });

  it('mails a fresh code at sign-in even if the server demands a verified address everywhere, and only so many', async () => {
    const { email, password } = await flow.signedUp();
    for (let i = 0; i < 8; i += 1) expect((await flow.login(email, password)).body.msg).toBe('Email unverified');
    const mails = await app.rows('SELECT 1 FROM mails WHERE recipient = $1', [email]);
    expect(mails).toHaveLength(6);
    // The last one that was sent still works.
    const codes = await app.rows(
      'SELECT 1 FROM challenges c JOIN users u ON u.id = c.user_id WHERE u.email_key = $1 AND superseded_at IS NULL',
      [email],
    );
    expect(codes).toHaveLength(1);
  });

  it('answers names and addresses under ACCOUNT_PRIVACY=strict as well, and so many a minute', async () => {
    const strict = await startContracts({ RATE_LIMIT: 'on', ACCOUNT_PRIVACY: 'strict', LIMIT_AVAILABILITY: '3/60' });
    try {
      const client = new ContractClient(strict, 'sadhelx');
      const ask = async (asked: string) => {
        const { status, body } = await client.get(asked);
        return [status, body];
      };
      expect(await ask('/check-email/free@email.com')).toEqual([200, { status: true, msg: 'Email available' }]);
      await client.send('POST', '/signup', { ...freshSadhelxUser(), email: 'taken@email.com' });
      expect(await ask('/check-email/taken@email.com')).toEqual([409, { status: false, msg: 'Email has already been taken' }]);
      expect(await ask('/check-username/somebody')).toEqual([200, { status: true, msg: 'User available' }]);
      expect(await ask('/check-username/somebody')).toEqual([429, TOO_MANY]);
      expect(await ask('//check-email/free@email.com/')).toEqual([429, TOO_MANY]);
    } finally {
      await strict.stop();
    }
  });

  it('takes no field twice, nested, or by a name that reaches prototypes', async () => {
    const { email, password } = await flow.verified();
    const post = (body: string, type: string) => app.call('POST', path('/login'), { body, headers: { 'content-type': type } });
    const urlencoded = 'application/x-www-form-urlencoded';
    for (const [body, type] of [
      [`identity=${email}&identity=${email}&password=${password}`, urlencoded],
      [`identity[a]=${email}&password=${password}`, urlencoded],
      [`__proto__=a%00&constructor=%00&identity=${email}&password=${password}`, urlencoded],
      [`{"identity":["${email}"],"password":"${password}"}`, 'application/json'],
      [`{"__proto__":{"identity":"${email}"},"password":"${password}"}`, 'application/json'],
      [`{"constructor":"\\u0000","identity":"${email}","password":"${password}"}`, 'application/json'],
      [`${'{"a":'.repeat(100)}1${'}'.repeat(100)}`, 'application/json'],
    ] as const) {
      const answer = await post(body, type);
      expect([answer.status, answer.body]).toEqual([400, { status: false, msg: expect.stringMatching(/^[\x20-\x7e]+$/) }]);
    }
    expect((await post(`identity=${email}&password=${password}&a=1&a=2`, urlencoded)).status).toBe(200);
  });

  it.each(BODY_FORMATS)('says of an unknown address and a wrong method what they are, to a %s body', async (format) => {
    const ask = async (method: 'POST' | 'PUT', at: string) => {
      const { status, body } = await api.send(method, at, { identity: 'someemail@email.com' }, { format });
      return [status, body];
    };
    expect(await ask('POST', '/nothing')).toEqual([404, { status: false, msg: 'There is nothing at this address' }]);
    expect(await ask('PUT', '/login')).toEqual([405, { status: false, msg: 'The method is not allowed at this address' }]);
    expect(await ask('POST', '/check-username/username4')).toEqual([405, expect.anything()]);
  });

  it('sends a code to one recipient, whatever the name and the address look like', async () => {
    for (const email of [
      'a@ok.test\r\nBcc: evil@ok.test',
      '"a@evil x"@ok.test',
      'a@ok.test,b@ok.test',
      'A <a@ok.test>',
      'a(comment)@ok.test',
    ]) {
      const { status, body } = await api.send('POST', '/signup', { ...freshSadhelxUser(), email });
      expect([status, body.msg]).toEqual([400, expect.stringMatching(/^email: /)]);
    }
    const { email } = await flow.signedUp({ firstname: '{{7*7}} <img src=x>' });
    const mail = await app.mailbox.newest(email);
    // A name that could be taken for something else is left out.
    expect(mail.text).toMatch(/^Hello,$/m);
    expect(mail.html).not.toContain('src=x');
  });

  it('makes links from its settings, whatever host is asked for', async () => {
    const user = freshSadhelxUser();
    const headers = { host: 'evil.test', 'x-forwarded-host': 'evil.test', origin: 'https://evil.test' };
    expect((await api.send('POST', '/signup', { ...user }, { headers })).status).toBe(201);
    const mail = await app.mailbox.newest(user.email);
    expect(JSON.stringify(mail)).not.toContain('evil.test');
    expect(mail.links.length).toBeGreaterThan(0);
  });

  it('stores no code and no token as it is', async () => {
    const { email, mail, refreshToken, accessToken } = await flow.signedIn();
    const reset = await flow.resetMail(email, mail);
    const dump = JSON.stringify([
      await app.rows('SELECT * FROM challenges'),
      await app.rows('SELECT * FROM sessions'),
      await app.rows('SELECT * FROM mails'),
      await app.rows('SELECT * FROM audit_events'),
      app.logs,
    ]);
    for (const secret of [reset.token, refreshToken, accessToken, `"${reset.secretCode}"`]) expect(dump).not.toContain(secret);
  });
});

describe('the contract sadhelx, to a network that has caused too many mails', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startContracts({ RATE_LIMIT: 'on', LIMIT_MAIL_REQUESTS: '2/3600' });
  });
  afterAll(() => app.stop());

  it('refuses a login for an address that is not verified as ever, and mails nothing more', async () => {
    const flow = new SadhelxFlow(app);
    const mailsAfterLogin = async (): Promise<number> => {
      const { email, password } = await flow.signedUp();
      expect(await flow.login(email, password)).toMatchObject({ status: 401, body: { status: false, msg: 'Email unverified' } });
      const [row] = await app.rows<{ mails: number }>('SELECT count(*)::int AS mails FROM mails WHERE recipient = $1', [email]);
      return row?.mails ?? 0;
    };
    // One of signing up, and one of the login as long as there are any.
    expect([await mailsAfterLogin(), await mailsAfterLogin(), await mailsAfterLogin()]).toEqual([2, 2, 1]);
  });
});
