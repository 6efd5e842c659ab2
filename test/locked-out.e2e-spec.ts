import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, type TestUser, freshEmail, register, signedIn } from './support/accounts.js';
import { signedInAdmin } from './support/administrators.js';
import { CommandLine } from './support/command-line.js';
import type { ReceivedMail } from './support/mailbox.js';
import { NEW_PASSWORD, ResetFlow, isRefused } from './support/password-reset.js';
import { type Answer, type TestApp, startApp } from './support/start-app.js';

const WRONG = 'four bright birds sang';

describe('accounts of which too many wrong passwords were tried', () => {
  let app: TestApp;
  let cli: CommandLine;
  let admin: TestUser;
  beforeAll(async () => {
    const limits = {
      LIMIT_REGISTER: '1000/3600',
      LIMIT_CODES: '1000/900',
      LIMIT_MAIL_REQUESTS: '1000/3600',
      LIMIT_AVAILABILITY: '1000/900',
    };
    app = await startApp({ RATE_LIMIT: 'on', CONTRACTS: 'user-auth', ...limits });
    cli = new CommandLine(String(app.settings.DATABASE_URL));
    admin = await signedInAdmin(app);
  });
  afterAll(async () => {
    await app.stop();
    cli.clear();
  });

  const { forgot, reset } = new ResetFlow(() => app);
  let serial = 0;
  const freshIp = (): string => `198.51.100.${(serial += 1)}`;
  const freshMobile = (): string => `+1212555${3_000 + (serial += 1)}`;
  const login = (identifier: string, password: string, remoteAddress = freshIp()): Promise<Answer> =>
    app.post('/v1/auth/login', { identifier, password }, { remoteAddress });
  const view = async (id: string) => (await app.get(`/v1/users/${id}`, { token: admin.accessToken })).body;
  const unlock = (id: string, token = admin.accessToken): Promise<Answer> =>
    app.post(`/v1/users/${id}/unlock`, { reason: 'Rang us' }, { token });
  const actions = async (id: string): Promise<string[]> =>
    (
      await app.rows<{ action: string }>("SELECT action FROM audit_events WHERE subject_id = $1 AND action LIKE 'password.%' ORDER BY id", [
        id,
      ])
    ).map(({ action }) => action);

  /** The last of 100 wrong passwords in a row. */
  async function wearOut(id: string, identifier: string): Promise<void> {
    await app.rows(
      'INSERT INTO user_activity (user_id, password_failures) VALUES ($1, 99) ON CONFLICT (user_id) DO UPDATE SET password_failures = 99',
      [id],
    );
    expect((await login(identifier, WRONG)).status).toBe(401);
  }

  /** Somebody whose only identifier is a number that is proven. */
  async function withProvenNumber(fields: object = { email: undefined }): Promise<{ id: string; mobile: string }> {
    const mobile = freshMobile();
    const { id } = await register(app, { ...fields, mobile });
    await app.rows('UPDATE users SET mobile_verified_at = now() WHERE id = $1', [id]);
    return { id, mobile };
  }

  describe('keep a way in for their owner', () => {
    it.each([
      [
        'an administrator without an address',
        async () => {
          const { json } = await cli.run(
            'admin',
            'create',
            '--username',
            'root',
            '--password-file',
            cli.write('root', [PASSWORD]),
            '--json',
          );
          return { id: json.id, identifier: 'root' };
        },
      ],
      [
        'an account with nothing but a number that nobody has proven',
        async () => {
          const mobile = freshMobile();
          return { id: (await register(app, { email: undefined, mobile })).id, identifier: mobile };
        },
      ],
      [
        'an account of a contract that knows no addresses',
        async () => {
          const mobile = freshMobile();
          const body = { username: `worn.${process.pid}`, password: PASSWORD, mobile };
          expect((await app.post('/contracts/user-auth/user', body)).status).toBe(201);
          const [row] = await app.rows<{ id: string }>('SELECT id FROM users WHERE mobile_key = $1', [mobile]);
          return { id: String(row?.id), identifier: mobile };
        },
      ],
      [
        'an account with an unproven address to which no mail gets through',
        async () => {
          const { id, email } = await register(app);
          await app.mailbox.newest(email);
          await app.rows("UPDATE mails SET state = 'bounced' WHERE user_id = $1", [id]);
          return { id, identifier: email };
        },
      ],
    ])('%s is never locked', async (_, make) => {
      const { id, identifier } = await make();
      await wearOut(id, identifier);
      expect(await actions(id)).toContain('password.slowed');
      expect(await view(id)).toMatchObject({ status: 'active', passwordLocked: false, throttledUntil: null });
      expect((await login(identifier, PASSWORD)).status).toBe(200);
      expect(await app.rows('SELECT password_worn_at FROM users WHERE id = $1', [id])).toEqual([{ password_worn_at: null }]);
    });

    it('an account with a proven number is locked, and opens by a code in a text message', async () => {
      const { id, mobile } = await withProvenNumber();
      await wearOut(id, mobile);
      expect(await view(id)).toMatchObject({ passwordLocked: true });
      expect((await login(mobile, PASSWORD)).status).toBe(401);
      expect((await forgot(mobile)).status).toBe(202);
      const { secretCode: code } = await app.mailbox.newest(mobile);
      expect((await reset({ identifier: mobile, code })).status).toBe(204);
      expect((await login(mobile, NEW_PASSWORD)).status).toBe(200);
      expect(isRefused(await reset({ identifier: mobile, code }))).toBe(true);
    });

    it('a lock gives way when the account loses its reset channel; one on purpose does not', async () => {
      const { id, mobile } = await withProvenNumber();
      await wearOut(id, mobile);
      await app.rows('UPDATE users SET mobile_verified_at = NULL WHERE id = $1', [id]);
      expect((await login(mobile, PASSWORD)).status).toBe(200);
      await app.rows('UPDATE users SET password_locked_at = now() WHERE id = $1', [id]);
      expect((await login(mobile, PASSWORD)).status).toBe(401);
    });

    it('a neighbour of the owner learns nothing, however many wrong passwords were tried elsewhere', async () => {
      const [known, unknown] = [freshMobile(), freshMobile()];
      await register(app, { email: undefined, mobile: known });
      const home = freshIp();
      expect((await login(known, PASSWORD, home)).status).toBe(200);
      const shape = ({ status, body, headers }: Answer) => [
        status,
        { ...body, requestId: '' },
        String(headers.ratelimit).replace(/t=\d+/, ''),
        headers['ratelimit-policy'],
        Math.abs(Number(headers['retry-after'] ?? 0) - 900) < 60,
      ];
      for (const identifier of [known, unknown])
        for (let network = 0; network < 10; network += 1) {
          const elsewhere = freshIp();
          await Promise.all(Array.from({ length: 5 }, () => login(identifier, WRONG, elsewhere)));
        }
      const alike = async (tries: number): Promise<void> => {
        for (let i = 0; i < tries; i += 1) {
          const [here, nowhere] = [await login(known, WRONG, home), await login(unknown, WRONG, home)];
          expect(here.status).toBe(429);
          expect(shape(here)).toEqual(shape(nowhere));
        }
      };
      await alike(4);
      // Elsewhere the right password is refused, too; here it opens, until this network has had its own five.
      expect((await login(known, PASSWORD)).status).toBe(429);
      const opened = await login(known, PASSWORD, home);
      expect([opened.status, String(opened.headers.ratelimit)]).toEqual([200, expect.not.stringContaining('r=0')]);
      await alike(3);
      expect((await login(known, PASSWORD, home)).status).toBe(429);
    });

    it('ten more wrong passwords an hour are tried from everywhere, and as many from where the owner is signed in', async () => {
      const mobile = freshMobile();
      const { id } = await register(app, { email: undefined, mobile });
      expect((await login(mobile, PASSWORD, '203.0.113.50')).status).toBe(200);
      await wearOut(id, mobile);
      for (let i = 0; i < 10; i += 1) expect((await login(mobile, WRONG)).status).toBe(401);
      const refused = await login(mobile, PASSWORD);
      const unknown = await login(freshMobile(), PASSWORD);
      const shape = ({ status, body, headers }: Answer) => [status, { ...body, requestId: '' }, headers.ratelimit, headers['retry-after']];
      expect(shape(refused)).toEqual(shape(unknown));

      const { status, disabledAt, passwordLocked, throttledUntil } = await view(id);
      expect([status, disabledAt, passwordLocked]).toEqual(['active', null, false]);
      const minutes = (Date.parse(throttledUntil) - Date.now()) / 60_000;
      expect(minutes).toBeGreaterThan(50);
      expect(minutes).toBeLessThanOrEqual(60.1);

      expect((await login(mobile, PASSWORD, '203.0.113.50')).status).toBe(200);
      expect((await login(mobile, PASSWORD)).status).toBe(200);
    });
  });

  describe('are recovered by text message', () => {
    it('where the number is proven and the address is not, whichever was typed; the address is not proven by it', async () => {
      const email = freshEmail();
      const { mobile } = await withProvenNumber({ email });
      await app.mailbox.newest(email);
      await forgot(email);
      const first = await app.mailbox.newest(mobile);
      expect((await app.post('/v1/auth/password/reset/check', { identifier: email, code: first.secretCode })).status).toBe(204);
      await forgot(mobile);
      const sms = await app.mailbox.newest(mobile, first);
      expect(sms.text).toContain('code for a new password');
      expect(sms.links).toEqual([]);
      expect(app.mailbox.count(email)).toBe(1);
      expect((await reset({ identifier: mobile, code: sms.secretCode })).status).toBe(204);
      const signed = await login(mobile, NEW_PASSWORD);
      expect(signed.body.user).toMatchObject({ emailVerified: false, mobileVerified: true });
    });

    it('not where an address is proven: the mail goes there, whichever identifier was typed', async () => {
      const email = freshEmail();
      const { id, mobile } = await withProvenNumber({ email });
      await app.rows('UPDATE users SET email_verified_at = now() WHERE id = $1', [id]);
      const before = await app.mailbox.newest(email);
      await forgot(mobile);
      expect((await app.mailbox.newest(email, before)).secretCode).toHaveLength(8);
      expect(app.mailbox.count(mobile)).toBe(0);
    });

    it('not where nobody has proven the number: then the mail goes out, if there is an address', async () => {
      const [email, mobile] = [freshEmail(), freshMobile()];
      await register(app, { email, mobile });
      const first = await app.mailbox.newest(email);
      await forgot(mobile);
      const mail: ReceivedMail = await app.mailbox.newest(email, first);
      expect(app.mailbox.count(mobile)).toBe(0);
      expect((await reset({ identifier: mobile, code: mail.secretCode })).status).toBe(204);
    });

    it('no oftener than a number may be texted, yet always with a code that works', async () => {
      const { id, mobile } = await withProvenNumber();
      for (let i = 0; i < 8; i += 1) expect((await forgot(mobile)).status).toBe(202);
      const codes = (): Promise<object[]> => app.rows("SELECT id FROM challenges WHERE user_id = $1 AND purpose LIKE 'reset%'", [id]);
      expect(await codes()).toHaveLength(4);
      await app.rows("UPDATE challenges SET expires_at = now() - interval '1 second' WHERE user_id = $1", [id]);
      for (let i = 0; i < 3; i += 1) await forgot(mobile);
      expect(await codes()).toHaveLength(5);
    });
  });

  describe('are unlocked by administrators', () => {
    it('with a reason that goes on record; the password opens the account again', async () => {
      const user = await signedIn(app);
      await wearOut(user.id, user.email);
      expect(await view(user.id)).toMatchObject({ status: 'active', passwordLocked: true, disabledAt: null });
      expect((await login(user.email, PASSWORD)).status).toBe(401);
      expect((await unlock(user.id, user.accessToken)).status).toBe(403);
      const unlocked = await unlock(user.id);
      expect([unlocked.status, unlocked.body.passwordLocked]).toEqual([200, false]);
      expect((await login(user.email, PASSWORD)).status).toBe(200);
      const events = await app.rows("SELECT actor_id, details FROM audit_events WHERE subject_id = $1 AND action = 'password.unlocked'", [
        user.id,
      ]);
      expect(events).toEqual([{ actor_id: admin.id, details: { note: 'Rang us' } }]);
    });

    it('but never by the password that a forced reset has ended', async () => {
      const user = await signedIn(app);
      await wearOut(user.id, user.email);
      expect((await app.post(`/v1/users/${user.id}/password-reset`, undefined, { token: admin.accessToken })).status).toBe(202);
      const refused = await unlock(user.id);
      expect([refused.status, refused.body.code]).toEqual([409, 'user.password_ended']);
      expect((await login(user.email, PASSWORD)).status).toBe(401);
    });

    it('strangers and the owner see no word of locks and limits', async () => {
      const user = await signedIn(app);
      await wearOut(user.id, user.email);
      const { body } = await app.get('/v1/users/me', { token: user.accessToken });
      for (const name of ['passwordLocked', 'throttledUntil']) expect(body).not.toHaveProperty(name);
      expect((await app.get(`/v1/users/${user.id}`, { token: user.accessToken })).status).toBe(403);
    });
  });

  describe('are recovered on the command line', () => {
    it('by unlocking the password', async () => {
      const { id, email } = await register(app);
      await wearOut(id, email);
      expect((await login(email, PASSWORD)).status).toBe(401);
      const { code, json } = await cli.run('admin', 'unlock', '--user', email.toUpperCase(), '--json');
      expect([code, json]).toEqual([0, { id }]);
      expect((await login(email, PASSWORD)).status).toBe(200);
      expect(await actions(id)).toContain('password.unlocked');
    });

    it('by a link that works once, mails nothing and proves no address', async () => {
      const { id, email } = await register(app);
      await app.mailbox.newest(email);
      const { code, out } = await cli.run('admin', 'reset-link', '--user', id);
      expect(code).toBe(0);
      const link = new URL(String(out.join('\n').split('\n').at(-1)));
      expect(link.href).toMatch(/^https:\/\/accounts\.latchkey\.test\/account\/reset-password\?token=/);
      const page = await app.get(`${link.pathname}${link.search}`);
      expect([page.status, page.text.includes(email)]).toEqual([200, true]);
      const token = String(link.searchParams.get('token'));
      expect((await reset({ token })).status).toBe(204);
      expect(isRefused(await reset({ token }))).toBe(true);
      expect((await login(email, NEW_PASSWORD)).body.user.emailVerified).toBe(false);
      expect(await app.rows("SELECT id FROM mails WHERE user_id = $1 AND kind = 'reset-password'", [id])).toEqual([]);
      expect(await actions(id)).toContain('password.reset_link_made');
    });

    it('also for an administrator without an address, and for nobody who is unknown or disabled', async () => {
      const { json: made } = await cli.run('admin', 'create', '--username', 'keeper', '--json');
      const { json } = await cli.run('admin', 'reset-link', '--user', 'keeper', '--json');
      expect(json.id).toBe(made.id);
      expect((await reset({ token: new URL(json.link).searchParams.get('token') })).status).toBe(204);
      expect((await login('keeper', NEW_PASSWORD)).status).toBe(200);
      for (const verb of ['unlock', 'reset-link']) {
        expect((await cli.run('admin', verb, '--user', 'nobody-here', '--json')).json.code).toBe('user.not_found');
        expect((await cli.run('admin', verb)).code).toBe(2);
        expect((await cli.run('admin', verb, '--user', 'keeper', '--email', 'a@example.com')).code).toBe(2);
      }
      await app.rows('UPDATE users SET disabled_at = now() WHERE id = $1', [made.id]);
      expect((await cli.run('admin', 'reset-link', '--user', 'keeper', '--json')).json.code).toBe('auth.account_disabled');
    });
  });
});
