import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MobileActivationService } from '../src/contracts/shared/accounts/mobile-activation.service.js';
import type { Caller } from '../src/common/caller.js';
import { UsersService } from '../src/users/users.service.js';
import { PASSWORD, type TestUser, freshEmail, register, signIn, signedIn } from './support/accounts.js';
import type { ReceivedMail } from './support/mailbox.js';
import { poll } from './support/poll.js';
import { wrongCode } from './support/password-reset.js';
import { type Answer, type TestApp, sharedApp, startApp } from './support/start-app.js';

const MOBILE = '/v1/users/me/mobile';
const CALLER: Caller = { ip: '192.0.2.7', userAgent: null, requestId: 'test', limits: [] };
const NEW_PASSWORD = 'seven calm rivers run';

let serial = 0;
/** A number nobody else here uses: as written at home, and in E.164. */
function freshMobile(): { written: string; e164: string } {
  serial += 1;
  const line = String(1_000 + serial);
  return { written: `(212) 555-${line}`, e164: `+1212555${line}` };
}

const setMobile = (app: TestApp, user: TestUser, mobile: unknown, fields: object = {}): Promise<Answer> =>
  app.call('PUT', MOBILE, { token: user.accessToken, body: { mobile, currentPassword: user.password, ...fields } });
const requestCode = (app: TestApp, user: TestUser): Promise<Answer> =>
  app.post(`${MOBILE}/verification`, undefined, { token: user.accessToken });
const confirm = (app: TestApp, user: TestUser, code: unknown): Promise<Answer> =>
  app.post(`${MOBILE}/verification/confirm`, { code }, { token: user.accessToken });
const isInvalid = ({ status, body }: Answer): boolean => status === 400 && body.code === 'challenge.invalid';

describe('the mobile number of an account', () => {
  let app: TestApp;
  /** The same with limits. */
  let limited: TestApp;
  beforeAll(async () => {
    limited = await startApp({ RATE_LIMIT: 'on', LIMIT_SMS_NUMBER: '2/3600', LIMIT_SMS_TOTAL: '5/3600' });
    // The last one has the log.
    app = await sharedApp();
  });
  afterAll(() => Promise.all([app.stop(), limited.stop()]));

  const remove = (user: TestUser): Promise<Answer> =>
    app.call('DELETE', MOBILE, { token: user.accessToken, body: { currentPassword: user.password } });

  /** Somebody whose number waits for the code in a text message. */
  async function waiting(): Promise<{ user: TestUser; written: string; e164: string; sms: ReceivedMail }> {
    const user = await signedIn(app);
    const { written, e164 } = freshMobile();
    expect((await setMobile(app, user, written)).status).toBe(200);
    expect((await requestCode(app, user)).status).toBe(202);
    return { user, written, e164, sms: await app.mailbox.newest(e164) };
  }

  it('is set with the password, signs in at once, and is proven by a code in a text message', async () => {
    const { user, written, e164, sms } = await waiting();
    expect((await app.get('/v1/users/me', { token: user.accessToken })).body).toMatchObject({ mobile: written, mobileVerified: false });
    await signIn(app, e164);
    expect(sms.text).toBe(`${sms.secretCode} is your Latchkey code, good for 15 minutes. Never give it to anyone: we do not ask for it.`);
    expect(sms.links).toEqual([]);
    const done = await confirm(app, user, sms.secretCode);
    expect([done.status, done.body.mobile, done.body.mobileVerified]).toEqual([200, written, true]);
    expect(isInvalid(await confirm(app, user, sms.secretCode))).toBe(true);
    expect((await requestCode(app, user)).status).toBe(202);
    expect(app.mailbox.count(e164)).toBe(1);
    const events = await app.rows<{ action: string }>(
      "SELECT action FROM audit_events WHERE subject_id = $1 AND action LIKE 'mobile.%' ORDER BY id",
      [user.id],
    );
    expect(events.map(({ action }) => action)).toEqual([
      'mobile.changed',
      'mobile.verification_requested',
      'mobile.verified',
      'mobile.verified',
    ]);
  });

  it('takes the password, and counts wrong ones, for setting and removing alike', async () => {
    const user = await signedIn(limited);
    const tried = (i: number, currentPassword: string): Promise<Answer> =>
      i % 2 === 0
        ? setMobile(limited, user, freshMobile().written, { currentPassword })
        : limited.call('DELETE', MOBILE, { token: user.accessToken, body: { currentPassword } });
    for (let i = 0; i < 5; i += 1) {
      const { status, body } = await tried(i, `four bright birds sang ${i}`);
      expect([status, body.code]).toEqual([401, 'auth.bad_credentials']);
    }
    for (let i = 0; i < 2; i += 1) expect((await tried(i, PASSWORD)).body.code).toBe('request.throttled');
    expect(await limited.rows('SELECT id FROM users WHERE id = $1 AND mobile IS NULL', [user.id])).toHaveLength(1);
  });

  it('is one account’s only once it is proven; that somebody has it is said after the right password', async () => {
    const { written, e164 } = freshMobile();
    const owner = await register(app, { mobile: written });
    await app.rows('UPDATE users SET mobile_verified_at = now() WHERE id = $1', [owner.id]);
    const user = await signedIn(app);
    for (const spelling of [written, e164, e164.slice(2)]) {
      const asked = await setMobile(app, user, spelling);
      expect([asked.status, asked.body.code]).toEqual([409, 'user.mobile_taken']);
      const guessed = await setMobile(app, user, spelling, { currentPassword: 'four bright birds sang' });
      expect([guessed.status, guessed.body.code]).toEqual([401, 'auth.bad_credentials']);
    }
    const rivals = await Promise.all(Array.from({ length: 6 }, () => signedIn(app)));
    const { written: wanted } = freshMobile();
    const answers = await Promise.all(rivals.map((rival) => setMobile(app, rival, wanted)));
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
    expect(await app.rows('SELECT 1 FROM users WHERE mobile = $1', [wanted])).toHaveLength(1);
  });

  it('stays proven in another spelling; another number is not, and the owner is told by mail', async () => {
    const { user, e164, sms } = await waiting();
    await confirm(app, user, sms.secretCode);
    expect((await setMobile(app, user, e164)).body).toMatchObject({ mobile: e164, mobileVerified: true });
    const before = await app.mailbox.newest(user.email);
    expect(before.subject).toBe('Confirm your e-mail address for Latchkey');
    expect((await setMobile(app, user, freshMobile().written)).body.mobileVerified).toBe(false);
    const notice = await app.mailbox.newest(user.email, before);
    expect(notice.subject).toBe('Your Latchkey mobile number was changed');
    expect(notice.text).toContain('IP address: 127.0.0.1');
    expect((await app.post('/v1/auth/login', { identifier: e164, password: PASSWORD })).status).toBe(401);
  });

  it('is removed with the password, unless it is all that the account signs in with', async () => {
    const { user, e164 } = await waiting();
    expect((await remove(user)).status).toBe(204);
    expect((await remove(user)).status).toBe(204);
    expect((await app.get('/v1/users/me', { token: user.accessToken })).body).toMatchObject({ mobile: null, mobileVerified: false });
    expect((await app.post('/v1/auth/login', { identifier: e164, password: PASSWORD })).status).toBe(401);

    const { written } = freshMobile();
    const made = await app.post('/v1/auth/register', { mobile: written, password: PASSWORD });
    const only = { id: made.body.id, email: '', password: PASSWORD, ...(await signIn(app, written)) };
    const refused = await remove(only);
    expect([refused.status, refused.body.errors[0].rule]).toEqual([422, 'identifier.missing']);
    await app.call('PATCH', '/v1/users/me', { token: only.accessToken, body: { username: `only.${process.pid}` } });
    expect((await remove(only)).status).toBe(204);
  });

  it.each([[['a']], [{ a: 1 }], [null], [''], [7], [undefined], [true], ['12345'], ['+1 212 555 0100; drop'], ['0'.repeat(41)]])(
    'may not be %j',
    async (mobile) => {
      const user = await signedIn(app);
      expect((await setMobile(app, user, mobile)).status).toBe(422);
      expect((await confirm(app, user, mobile)).status).toBe(422);
      const body = { currentPassword: typeof mobile === 'string' ? 7 : mobile };
      expect((await app.call('DELETE', MOBILE, { token: user.accessToken, body })).status).toBe(422);
    },
  );

  describe('texted', () => {
    it('is only one that is a number anywhere', async () => {
      const user = await signedIn(app);
      const none = await requestCode(app, user);
      expect([none.status, none.body.code]).toEqual([409, 'user.mobile_unreachable']);
      expect((await setMobile(app, user, `99${1_000_000 + process.pid}`.slice(0, 8))).status).toBe(200);
      const national = await requestCode(app, user);
      expect([national.status, national.body.code]).toEqual([409, 'user.mobile_unreachable']);
    });

    it('has codes that are bound to number, account and purpose', async () => {
      const { user, sms } = await waiting();
      const other = await waiting();
      expect(isInvalid(await confirm(app, other.user, sms.secretCode))).toBe(sms.secretCode !== other.sms.secretCode);
      expect(isInvalid(await app.post('/v1/users/me/email/confirm', { code: sms.secretCode.slice(2) }, { token: user.accessToken }))).toBe(
        true,
      );
      const reset = { identifier: user.email, code: sms.secretCode, newPassword: NEW_PASSWORD };
      expect(isInvalid(await app.post('/v1/auth/password/reset', reset))).toBe(true);
      expect((await setMobile(app, user, freshMobile().written)).status).toBe(200);
      expect(isInvalid(await confirm(app, user, sms.secretCode))).toBe(true);
    });

    it('has a code that dies with a newer one, a change of the password, and after 15 minutes', async () => {
      const first = await waiting();
      await requestCode(app, first.user);
      const newer = await app.mailbox.newest(first.e164, first.sms);
      expect(isInvalid(await confirm(app, first.user, first.sms.secretCode))).toBe(first.sms.secretCode !== newer.secretCode);
      expect((await confirm(app, first.user, newer.secretCode)).status).toBe(200);

      const second = await waiting();
      await app.call('PUT', '/v1/auth/password', {
        token: second.user.accessToken,
        body: { currentPassword: PASSWORD, newPassword: NEW_PASSWORD },
      });
      const again = { ...second.user, ...(await signIn(app, second.user.email, NEW_PASSWORD)) };
      expect(isInvalid(await confirm(app, again, second.sms.secretCode))).toBe(true);

      const third = await waiting();
      const [row] = await app.rows<{ seconds: number }>(
        "SELECT extract(epoch FROM expires_at - created_at)::float8 AS seconds FROM challenges WHERE user_id = $1 AND purpose = 'confirm-mobile'",
        [third.user.id],
      );
      expect(row?.seconds).toBeCloseTo(900, 3);
      await app.rows("UPDATE challenges SET expires_at = now() - interval '1 second' WHERE user_id = $1", [third.user.id]);
      expect((await confirm(app, third.user, third.sms.secretCode)).body.code).toBe('challenge.expired');
    });

    it('has a code that works once of 50 parallel tries, and is dead after five wrong ones', async () => {
      const right = await waiting();
      const answers = await Promise.all(Array.from({ length: 50 }, () => confirm(app, right.user, right.sms.secretCode)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      const guessed = await waiting();
      const guesses = await Promise.all(
        Array.from({ length: 40 }, (_, i) => confirm(app, guessed.user, wrongCode(guessed.sms.secretCode, i + 1))),
      );
      expect(guesses.every(isInvalid)).toBe(true);
      expect(isInvalid(await confirm(app, guessed.user, guessed.sms.secretCode))).toBe(true);
    });

    it('leaves neither code nor number in the queue, nor a code in any table', async () => {
      const { user, e164, sms } = await waiting();
      await app.rows("UPDATE challenges SET superseded_at = now() WHERE user_id = $1 AND purpose = 'confirm-mobile'", [user.id]);
      const jobs = await app.rows<{ row: string }>('SELECT t::text AS row FROM graphile_worker._private_jobs t');
      const challenges = await app.rows<{ row: string }>('SELECT t::text AS row FROM challenges t WHERE user_id = $1', [user.id]);
      expect(JSON.stringify(jobs)).not.toContain(e164);
      expect(JSON.stringify([...jobs, ...challenges])).not.toMatch(new RegExp(String.raw`(?<![\w.:+-])${sms.secretCode}(?![\w.:-])`));
      expect(app.logs.join('')).not.toContain(e164);
    });
  });

  describe('as the way to activate an account, for contracts', () => {
    let served: TestApp;
    beforeAll(async () => {
      served = await sharedApp({ CONTRACTS: 'all' });
    });
    afterAll(() => served.stop());

    const activation = () => served.nest.get(MobileActivationService);
    const account = (user: TestUser) => served.nest.get(UsersService).getById(user.id);
    async function registered(): Promise<{ user: TestUser; e164: string; sms: ReceivedMail }> {
      const { written, e164 } = freshMobile();
      const user = await signedIn(served, { mobile: written });
      await activation().request(await account(user), CALLER);
      return { user, e164, sms: await served.mailbox.newest(e164) };
    }

    it('takes the code once, and verifies no number', async () => {
      const { user, e164, sms } = await registered();
      const activate = async (code: string) => activation().activate(await account(user), code, CALLER);
      await expect(activate(wrongCode(sms.secretCode))).rejects.toMatchObject({ code: 'challenge.invalid' });
      expect(isInvalid(await confirm(served, user, sms.secretCode))).toBe(true);
      expect(await activate(sms.secretCode)).toMatchObject({ activatedAt: expect.any(Date), mobileVerifiedAt: null });
      await expect(activate(sms.secretCode)).rejects.toMatchObject({ code: 'challenge.invalid' });
      await activation().request(await account(user), CALLER);
      expect(served.mailbox.count(e164)).toBe(1);
    });

    it('takes no code for a former number', async () => {
      const { user, sms } = await registered();
      await setMobile(served, user, freshMobile().written);
      await expect(activation().activate(await account(user), sms.secretCode, CALLER)).rejects.toMatchObject({ code: 'challenge.invalid' });
    });
  });

  it('is capped in texts per number, per account and over all', async () => {
    const user = await signedIn(limited);
    const { written, e164 } = freshMobile();
    await setMobile(limited, user, written);
    for (const status of [202, 202, 429]) expect((await requestCode(limited, user)).status).toBe(status);
    await setMobile(limited, user, freshMobile().written);
    const sameAccount = await requestCode(limited, user);
    expect([sameAccount.status, Number(sameAccount.headers['retry-after'])]).toEqual([429, expect.any(Number)]);
    // The number given up, somebody else takes it: its share is used up, but no code works.
    const next = await signedIn(limited);
    await setMobile(limited, next, e164);
    for (const status of [202, 429]) expect((await requestCode(limited, next)).status).toBe(status);
    const third = await signedIn(limited);
    await setMobile(limited, third, freshMobile().written);
    expect((await requestCode(limited, third)).status).toBe(202);
    const fourth = await signedIn(limited);
    await setMobile(limited, fourth, freshMobile().written);
    expect((await requestCode(limited, fourth)).status).toBe(429);
  });
});

describe('with ACCOUNT_PRIVACY=strict', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ ACCOUNT_PRIVACY: 'strict' });
  });
  afterAll(() => app.stop());

  async function someone(): Promise<TestUser> {
    const email = freshEmail();
    await app.post('/v1/auth/register', { email, password: PASSWORD });
    const { secretCode } = await app.mailbox.newest(email);
    const { body } = await app.post('/v1/auth/email/verification/confirm', { email, code: secretCode, password: PASSWORD });
    return { id: body.id, email, password: PASSWORD, ...(await signIn(app, email)) };
  }

  it('a number counts once it is proven, and nobody learns whether it is taken', async () => {
    const owner = await someone();
    const { written, e164 } = freshMobile();
    const asked = await setMobile(app, owner, written);
    expect([asked.status, asked.text]).toEqual([202, '']);
    expect((await app.get('/v1/users/me', { token: owner.accessToken })).body.mobile).toBeNull();
    const sms = await app.mailbox.newest(e164);
    expect((await confirm(app, owner, sms.secretCode)).body).toMatchObject({ mobile: e164, mobileVerified: true });

    const rival = await someone();
    const again = await setMobile(app, rival, written);
    expect([again.status, again.text]).toEqual([202, '']);
    expect((await setMobile(app, rival, freshMobile().written)).status).toBe(202);
    expect(app.mailbox.count(e164)).toBe(1);
    const short = await setMobile(app, rival, '99887766');
    expect([short.status, short.body.errors[0].rule]).toEqual([422, 'mobile.unreachable']);
  });

  it('nor whether its owner has just been texted: only one’s own messages are counted aloud', async () => {
    // Before there is a second node that could send their mails.
    const [owner, rival] = [await someone(), await someone()];
    const limited = await startApp(
      { ACCOUNT_PRIVACY: 'strict', RATE_LIMIT: 'on', LIMIT_SMS_NUMBER: '3/900', LIMIT_SIGN_IN_NETWORK: '1000/900' },
      app.settings.DATABASE_URL,
    );
    try {
      const { written, e164 } = freshMobile();
      for (let i = 0; i < 3; i += 1) expect((await setMobile(limited, owner, written)).status).toBe(202);
      await poll('the messages', () => (limited.mailbox.count(e164) + app.mailbox.count(e164) > 0 ? true : undefined));
      const [used, unused] = [await setMobile(limited, rival, written), await setMobile(limited, rival, freshMobile().written)];
      expect([used.status, used.text]).toEqual([202, '']);
      const limits = ({ headers }: Answer): unknown => String(headers['ratelimit']).replaceAll(/t=\d+/g, '');
      expect([unused.status, unused.text]).toEqual([used.status, used.text]);
      expect(String(limits(used)).match(/sms/g)).toEqual(String(limits(unused)).match(/sms/g));
      expect((await setMobile(limited, rival, freshMobile().written)).status).toBe(202);
      expect((await setMobile(limited, rival, freshMobile().written)).body.code).toBe('request.throttled');
    } finally {
      await limited.stop();
    }
  });
});

describe('text messages', () => {
  const PRODUCTION = {
    NODE_ENV: 'production',
    RATE_LIMIT: 'on',
    APP_SECRET: 'gYtE2vQ8xLr5nKpZ3wMbH7cJ1dF6sA9uTq4R0iVyXoWk',
    SMTP_URL: 'smtp://127.0.0.1:9',
  };

  it('are not sent by a production server without a provider, which says so', async () => {
    const app = await startApp({ ...PRODUCTION, CONTRACTS: 'user-auth' });
    try {
      // At the start already, for the contract whose users are activated by them.
      expect(app.logs.filter((line) => line.includes('The contract user-auth cannot activate anybody'))).toHaveLength(1);
      const user = await signedIn(app);
      expect((await setMobile(app, user, freshMobile().written)).status).toBe(200);
      const { status, body } = await requestCode(app, user);
      expect([status, body.code]).toEqual([409, 'sms.not_configured']);
      expect(isInvalid(await confirm(app, user, '12345678'))).toBe(true);
    } finally {
      await app.stop();
    }
  });

  describe('go to the provider', () => {
    let app: TestApp;
    const sent: URLSearchParams[] = [];
    const answers: number[] = [];
    const provider = createServer((request, response) => {
      void text(request).then((body) => {
        sent.push(new URLSearchParams(body));
        response.writeHead(answers.shift() ?? 201).end('{}');
      });
    });
    beforeAll(async () => {
      provider.listen(0, '127.0.0.1');
      await once(provider, 'listening');
      const { port } = provider.address() as AddressInfo;
      app = await startApp({ ...PRODUCTION, SMS_URL: `twilio://AC1:provider-secret@127.0.0.1:${port}?from=+12025550100` });
    });
    afterAll(async () => {
      await app.stop();
      provider.close();
    });

    const textsTo = (number: string): URLSearchParams[] => sent.filter((form) => form.get('To') === number);
    async function asking(): Promise<{ user: TestUser; e164: string }> {
      const user = await signedIn(app);
      const { written, e164 } = freshMobile();
      await setMobile(app, user, written);
      expect((await requestCode(app, user)).status).toBe(202);
      return { user, e164 };
    }

    it('in E.164, with the code', async () => {
      const { user, e164 } = await asking();
      const form = await poll('the message', () => textsTo(e164)[0]);
      expect(form.get('From')).toBe('+12025550100');
      const code = /^\d{8}/.exec(String(form.get('Body')))?.[0];
      expect((await confirm(app, user, code)).status).toBe(200);
    });

    it('again after a failure of its own, and not after a refusal', async () => {
      answers.push(500, 201);
      const failed = await asking();
      const [first, second] = await poll('the second attempt', () =>
        textsTo(failed.e164).length === 2 ? textsTo(failed.e164) : undefined,
      );
      expect(second?.get('Body')).toBe(first?.get('Body'));

      answers.push(400);
      const refused = await asking();
      await poll('the refusal in the log', () => app.logs.find((line) => line.includes('Text message cannot be delivered')));
      await poll('an empty queue', async () =>
        (await app.rows("SELECT id FROM graphile_worker.jobs WHERE task_identifier = 'send_sms'")).length === 0 ? true : undefined,
      );
      expect(textsTo(refused.e164)).toHaveLength(1);
      const log = app.logs.join('');
      for (const secret of ['provider-secret', refused.e164, failed.e164, String(first?.get('Body')).slice(0, 6)])
        expect(log).not.toContain(secret);
    });

    it('not at all when the code died in the queue', async () => {
      answers.push(500);
      const { user, e164 } = await asking();
      await poll('the first attempt', () => textsTo(e164)[0]);
      await app.rows("UPDATE challenges SET superseded_at = now() WHERE user_id = $1 AND purpose = 'confirm-mobile'", [user.id]);
      await poll('the job to end', async () =>
        (await app.rows("SELECT id FROM graphile_worker.jobs WHERE task_identifier = 'send_sms'")).length === 0 ? true : undefined,
      );
      expect(textsTo(e164)).toHaveLength(1);
    });
  });
});
