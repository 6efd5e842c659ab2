import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContractClient, startContracts } from '../support/contracts.js';
import { wrongCode } from '../support/password-reset.js';
import type { Answer, TestApp } from '../support/start-app.js';
import { UserAuthFlow } from '../support/user-auth.js';

const UNAUTHORIZED = [401, '{"message":"Unauthorized access!"}'];
const NOT_FOUND = [404, '{"message":"User not found."}'];
const CODE_NEEDED = [400, '{"message":"Send the code that was texted to this mobile number."}'];
const CODE_REFUSED = [400, '{"message":"This code or link is not valid any more. Ask for a new one."}'];

const seen = ({ status, text }: Answer) => [status, text];

describe.each(['true', 'false'])('the contract user-auth with CONTRACTS_OPEN=%s', (open) => {
  let app: TestApp;
  let api: ContractClient;
  let flow: UserAuthFlow;
  beforeAll(async () => {
    app = await startContracts({ CONTRACTS_OPEN: open });
    api = new ContractClient(app, 'user-auth');
    flow = new UserAuthFlow(app);
  });
  afterAll(() => app.stop());

  it('lets the user concerned and administrators edit and delete, nobody else', async () => {
    const self = await flow.signedIn();
    const other = await flow.signedIn();
    const admin = await flow.admin();
    const path = `/user/${self.uuid}`;
    const edit = (token?: string) => api.send('PATCH', path, { gender: 'Male' }, { token });
    expect(seen(await edit())).toEqual([401, '{"msg":"Missing Authorization Header"}']);
    expect(seen(await edit(other.token))).toEqual(UNAUTHORIZED);
    expect(seen(await api.send('DELETE', path, undefined, { token: other.token }))).toEqual(UNAUTHORIZED);
    expect(seen(await api.send('PATCH', `/user/${self.uuid.toUpperCase()}/`, { gender: 'Male' }, { token: other.token }))).toEqual(
      UNAUTHORIZED,
    );
    expect(await app.rows('SELECT gender FROM users WHERE id = $1', [self.uuid])).toEqual([{ gender: null }]);
    expect((await edit(self.token)).status).toBe(200);
    expect((await edit(admin.token)).status).toBe(200);
    for (const method of ['PATCH', 'DELETE'] as const) {
      expect(seen(await api.send(method, '/user/0194f0c8-5b3a-7c1e-9d2f-3a4b5c6d7e8f', {}, { token: admin.token }))).toEqual(NOT_FOUND);
      expect(seen(await api.send(method, '/user/nonsense', {}, { token: admin.token }))).toEqual(NOT_FOUND);
    }
    expect(seen(await api.send('DELETE', path, undefined, { token: admin.token }))).toEqual([401, '{"message":"Invalid credentials!"}']);
    const { password } = admin;
    expect((await api.send('DELETE', path, { password }, { token: admin.token })).status).toBe(200);
    const events = await app.rows('SELECT actor_id FROM audit_events WHERE subject_id = $1 AND action = $2', [
      self.uuid,
      'account.deleted',
    ]);
    expect(events).toEqual([{ actor_id: admin.uuid }]);
    expect((await api.send('DELETE', `/user/${admin.uuid}`, { password }, { token: admin.token })).status).toBe(400);
  });

  it('lets nobody but the user change the password', async () => {
    const self = await flow.signedIn();
    const fields = { old_password: self.password, new_password: 'password01' };
    for (const { token } of [await flow.signedIn(), await flow.admin()]) {
      expect(seen(await api.send('POST', `/user/change-password/${self.uuid}`, fields, { token }))).toEqual(UNAUTHORIZED);
    }
    expect(seen(await api.send('POST', '/user/change-password/nonsense', fields, { token: self.token }))).toEqual(NOT_FOUND);
    expect((await api.get(`/user/${self.uuid}`, { token: self.token })).status).toBe(200);
  });

  it('shows accounts to whom it should', async () => {
    const self = await flow.signedIn();
    const other = await flow.signedIn();
    const admin = await flow.admin();
    for (const path of ['/user', `/user/${other.uuid}`]) {
      const answer = await api.get(path, { token: self.token });
      expect([answer.status, answer.body.message]).toEqual(open === 'true' ? [200, 'Success!'] : [401, 'Unauthorized access!']);
      expect((await api.get(path, { token: admin.token })).status).toBe(200);
      expect((await api.get(path)).status).toBe(401);
    }
    expect((await api.get(`/user/${self.uuid}`, { token: self.token })).status).toBe(200);
  });
});

describe('activating with CONTRACTS_OPEN=false', () => {
  let app: TestApp;
  let flow: UserAuthFlow;
  beforeAll(async () => {
    app = await startContracts({
      CONTRACTS_OPEN: 'false',
      RATE_LIMIT: 'on',
      LIMIT_REGISTER: '1000/3600',
      LIMIT_CODES: '1000/900',
      LIMIT_AVAILABILITY: '1000/60',
    });
    flow = new UserAuthFlow(app);
  });
  afterAll(() => app.stop());

  it('takes the code that was texted when the account was made, once', async () => {
    const { username, mobile, e164, uuid } = await flow.registered();
    const { secretCode } = await app.mailbox.newest(e164);
    expect(seen(await flow.activate(mobile, wrongCode(secretCode)))).toEqual(CODE_REFUSED);
    const answers = await Promise.all(Array.from({ length: 50 }, () => flow.activate(mobile, secretCode)));
    const good = answers.filter(({ status }) => status === 200);
    expect(good.map(({ text }) => text)).toEqual([
      JSON.stringify({ data: { mobile, status: true, username, uuid }, message: 'Success!', status: 200 }),
    ]);
    expect(answers.filter((answer) => seen(answer)[1] === CODE_REFUSED[1])).toHaveLength(49);
    // Nor does the number alone tell whose it is, once it is activated; and nothing more is texted.
    expect(seen(await flow.activate(mobile))).toEqual(CODE_NEEDED);
    expect(app.mailbox.count(e164)).toBe(1);
  });

  it('texts the code again to whoever sends none, up to a limit; the code may be a number', async () => {
    const { mobile, e164 } = await flow.registered();
    let sms = await app.mailbox.newest(e164);
    const first = sms.secretCode;
    for (const none of [undefined, null, '']) {
      expect(seen(await flow.activate(mobile, none))).toEqual(CODE_NEEDED);
      sms = await app.mailbox.newest(e164, sms);
    }
    const throttled = await flow.activate(mobile);
    expect([throttled.status, throttled.body]).toEqual([429, { message: 'Too many requests. Try again later.' }]);
    expect(Number(throttled.headers['retry-after'])).toBeGreaterThan(0);
    // The same one, so that nobody's dies because somebody else asked.
    expect(sms.secretCode).toBe(first);
    expect((await flow.activate(mobile, Number(sms.secretCode))).status).toBe(200);
  });

  it('evaluates five wrong codes, and then not even the right one', async () => {
    const { mobile, e164 } = await flow.registered();
    const { secretCode } = await app.mailbox.newest(e164);
    await Promise.all(Array.from({ length: 40 }, (_, i) => flow.activate(mobile, wrongCode(secretCode, i + 1))));
    expect(seen(await flow.activate(mobile, secretCode))).toEqual(CODE_REFUSED);
  });

  it('takes the right code whatever strangers tried that day: there is no link that could stand in for it', async () => {
    const { uuid, mobile, e164 } = await flow.registered();
    const { secretCode } = await app.mailbox.newest(e164);
    expect(seen(await flow.activate(mobile, wrongCode(secretCode)))).toEqual(CODE_REFUSED);
    // As many as are looked at of six digits, and all that are looked at from networks that did not ask.
    const spent = await app.rows(
      `UPDATE code_tallies SET tries = 100, window_tries = 10, window_ends_at = now() + interval '15 minutes'
       WHERE id IN (SELECT tally FROM challenges WHERE user_id = $1 AND purpose = 'activate-account') RETURNING tries`,
      [uuid],
    );
    expect(spent).toEqual([{ tries: 100 }]);
    expect((await flow.activate(mobile, secretCode)).status).toBe(200);
  });

  it('takes no code of another account, number or purpose', async () => {
    const self = await flow.registered();
    const other = await flow.registered();
    const { secretCode } = await app.mailbox.newest(other.e164);
    const own = await app.mailbox.newest(self.e164);
    expect(seen(await flow.activate(self.mobile, secretCode))).toEqual(CODE_REFUSED);
    for (const code of ['abcdef', '1234567', [own.secretCode], { code: own.secretCode }, -1, true]) {
      expect((await flow.activate(self.mobile, code)).status).toBe(400);
    }
    expect((await flow.activate(self.mobile, own.secretCode)).status).toBe(200);
  });

  it('makes an account whose number cannot be texted, and says why there is no code', async () => {
    const { username, password } = flow.fresh();
    const api = new ContractClient(app, 'user-auth');
    expect((await api.send('POST', '/user', { username, password, mobile: '99887766' })).status).toBe(201);
    expect(seen(await flow.activate('99887766'))).toEqual([
      400,
      '{"message":"The account has no mobile number that a text message can be sent to."}',
    ]);
  });
});

it('says so in production where no text messages are sent', async () => {
  const app = await startContracts({
    NODE_ENV: 'production',
    CONTRACTS: 'user-auth',
    RATE_LIMIT: 'on',
    APP_SECRET: 'gYtE2vQ8xLr5nKpZ3wMbH7cJ1dF6sA9uTq4R0iVyXoWk',
    SMTP_URL: 'smtp://127.0.0.1:9',
  });
  try {
    const flow = new UserAuthFlow(app);
    const { mobile } = await flow.registered();
    expect(seen(await flow.activate(mobile))).toEqual([400, '{"message":"This server sends no text messages."}']);
    expect(seen(await flow.activate(mobile, '123456'))).toEqual(CODE_REFUSED);
    // Nor can everybody who comes by be asked about.
    const answers = [];
    for (let i = 0; i < 61; i += 1) answers.push((await flow.activate(`+1212555${2_000 + i}`)).status);
    expect(answers).toContain(404);
    expect(answers.at(-1)).toBe(429);
  } finally {
    await app.stop();
  }
});

describe('guessing through user-auth', () => {
  let app: TestApp;
  let api: ContractClient;
  let flow: UserAuthFlow;
  beforeAll(async () => {
    app = await startContracts({
      RATE_LIMIT: 'on',
      LIMIT_REGISTER: '1000/3600',
      LIMIT_SIGN_IN_NETWORK: '10000/900',
      LIMIT_MAIL_REQUESTS: '3/3600',
    });
    api = new ContractClient(app, 'user-auth');
    flow = new UserAuthFlow(app);
  });
  afterAll(() => app.stop());

  it('evaluates at most five of 50 parallel wrong passwords, and in every spelling of the path', async () => {
    const { username } = await flow.activated();
    const paths = ['/user/login', '//user/login', '/user/login/', '/user/%6cogin'];
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        api.send(
          'POST',
          String(paths[i % 4]),
          { username, password: 'wrong1', extra: String(i) },
          { format: i % 2 === 0 ? 'json' : 'multipart' },
        ),
      ),
    );
    const evaluated = answers.filter(({ status }) => status === 401).map(seen);
    expect(evaluated.length).toBeLessThanOrEqual(5);
    expect(evaluated).toEqual(evaluated.map(() => [401, '{"message":"Invalid credentials!"}']));
    const throttled = answers.filter(({ status }) => status === 429);
    // A machine that has no time sends some away before it gets to them.
    expect(answers.filter(({ status }) => ![401, 429, 503].includes(status))).toEqual([]);
    expect(throttled[0]?.body).toEqual({ message: 'Too many requests. Try again later.' });
    expect(Number(throttled[0]?.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('lets 20 parallel right passwords through, and counts a wrong old password like one at login', async () => {
    const { username, password, uuid, token } = await flow.signedIn();
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.send('POST', '/user/login', { username, password })));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    const change = () =>
      api.send('POST', `/user/change-password/${uuid}`, { old_password: 'wrong1', new_password: 'password01' }, { token });
    for (let i = 0; i < 5; i += 1) expect((await change()).status).toBe(401);
    expect((await change()).status).toBe(429);
    expect((await api.send('POST', '/user/login', { username, password })).status).toBe(401);
  });

  it('tells through edits no oftener whether somebody has a name, and mails no oftener, than where that is asked outright', async () => {
    const { uuid, token, username: own } = await flow.signedIn();
    const { username } = await flow.registered();
    const edit = (body: object, remoteAddress: string) =>
      app.call('PATCH', `/contracts/user-auth/user/${uuid}`, { token, body, remoteAddress });
    const names = [];
    for (let i = 0; i < 61; i += 1) names.push((await edit({ username }, '192.0.2.1')).status);
    expect(names).toEqual([...Array(60).fill(400), 429]);
    // What is as it was costs nothing.
    expect((await edit({ username: own, gender: 'male' }, '192.0.2.1')).status).toBe(200);
    const mails = [];
    for (let i = 0; i < 4; i += 1) mails.push((await edit({ email: `fatema${i}@example.com` }, '192.0.2.2')).status);
    expect(mails).toEqual([200, 200, 200, 429]);
  });

  it('registers one of 20 at once', async () => {
    const fields = flow.fresh();
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.send('POST', '/user', { ...fields })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(19);
  });
});
