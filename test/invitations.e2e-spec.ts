import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SettingValues } from '../src/common/declared.js';
import { Settings } from '../src/config/settings.js';
import { PASSWORD, type TestUser, freshEmail, register, signIn, signedIn, signedInAs } from './support/accounts.js';
import { CommandLine } from './support/command-line.js';
import type { FalseProvider } from './support/false-provider.js';
import { FEDERATED, addProvider, falseProvider, signInBy } from './support/federation.js';
import type { ReceivedMail } from './support/mailbox.js';
import { poll } from './support/poll.js';
import { askForCode, attempt, begin, mailedCode, readSignIn } from './support/sign-ins.js';
import { type Answer, type TestApp, sharedApp } from './support/start-app.js';

const SUBJECT = 'You are invited';
const PAGE = '/account/invitation';

describe('invitations', () => {
  let app: TestApp;
  let fake: FalseProvider;
  let admin: TestUser;
  let before: Pick<SettingValues, 'REGISTRATION' | 'REGISTRATION_DOMAINS' | 'EMAIL_CODE'>;
  const choose = (settings: Partial<SettingValues>) => Object.assign(app.nest.get(Settings), settings);

  beforeAll(async () => {
    [app, fake] = await Promise.all([sharedApp(FEDERATED), falseProvider()]);
    admin = await signedInAs(app, 'admin');
    const { REGISTRATION, REGISTRATION_DOMAINS, EMAIL_CODE } = app.nest.get(Settings);
    before = { REGISTRATION, REGISTRATION_DOMAINS, EMAIL_CODE };
  });
  beforeEach(() => fake.reset());
  afterEach(() => choose(before));
  afterAll(() => app.stop());

  const asAdmin = () => ({ token: admin.accessToken });
  const invite = async (email: string, role?: string): Promise<{ id: string; mail: ReceivedMail; token: string }> => {
    const earlier = app.mailbox.latest(SUBJECT, email);
    const { status, body, text } = await app.post('/v1/invitations', { email, ...(role !== undefined && { role }) }, asAdmin());
    if (status !== 202) throw new Error(`invitation: ${status} ${text}`);
    const mail = await app.mailbox.newest(email, earlier, SUBJECT);
    return { id: body.id, mail, token: String(mail.token) };
  };
  const accept = (body: object, token?: string): Promise<Answer> =>
    app.post('/v1/invitations/accept', body, token === undefined ? {} : { token });
  const prove = (email: string) => app.rows('UPDATE users SET email_verified_at = now() WHERE email = $1', [email]);
  const rolesOf = async (email: string) =>
    (await app.rows<{ roles: string[] }>('SELECT roles FROM users WHERE email = $1', [email]))[0]?.roles;
  const submit = (form: Record<string, string>): Promise<Answer> =>
    app.call('POST', PAGE, {
      body: new URLSearchParams(form).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });

  it('are for administrators to make, list and revoke', async () => {
    const { accessToken: token } = await signedIn(app);
    const [email, other] = [freshEmail(), freshEmail()];
    expect((await app.post('/v1/invitations', { email }, { token })).body.code).toBe('access.forbidden');
    expect((await app.get('/v1/invitations', { token })).body.code).toBe('access.forbidden');
    const first = await invite(email, 'librarian');
    const second = await invite(other);
    const listed = await app.get('/v1/invitations?limit=2', asAdmin());
    expect(listed.body.data).toMatchObject([
      { id: second.id, email: other, role: null, invitedBy: admin.id },
      { id: first.id, email, role: 'librarian' },
    ]);
    expect((await app.call('DELETE', `/v1/invitations/${first.id}`, asAdmin())).status).toBe(204);
    expect((await app.call('DELETE', `/v1/invitations/${first.id}`, asAdmin())).body.code).toBe('invitation.not_found');
    expect((await app.call('DELETE', '/v1/invitations/nonsense', asAdmin())).body.code).toBe('invitation.not_found');
    expect((await accept({ token: first.token, password: PASSWORD })).body.code).toBe('challenge.invalid');
    const wrong = await app.post('/v1/invitations', { email: 'nonsense', role: 'admin' }, asAdmin());
    expect([wrong.status, wrong.body.errors.map(({ pointer }: { pointer: string }) => pointer).toSorted()]).toEqual([
      422,
      ['/email', '/role'],
    ]);
  });

  it('keep id and link when an address is invited again, and are one for each address', async () => {
    const email = freshEmail();
    const first = await invite(email);
    const again = await invite(email.toUpperCase(), 'librarian');
    expect([again.id, again.token]).toEqual([first.id, first.token]);
    expect(await app.rows('SELECT role FROM invitations WHERE email_key = $1', [email])).toEqual([{ role: 'librarian' }]);
    const parallel = await Promise.all(Array.from({ length: 5 }, () => app.post('/v1/invitations', { email }, asAdmin())));
    expect(new Set(parallel.map(({ body }) => body.id))).toEqual(new Set([first.id]));
  });

  it('make an account with a password, whose address is proven', async () => {
    choose({ REGISTRATION: 'closed', REGISTRATION_DOMAINS: ['elsewhere.example'] });
    const email = freshEmail();
    const { token } = await invite(email, 'librarian');
    const short = await accept({ token, password: 'short' });
    expect([short.status, short.body.errors[0].pointer]).toEqual([422, '/password']);
    const { status, body } = await accept({ token, password: PASSWORD });
    expect([status, body.user]).toEqual([200, expect.objectContaining({ email, emailVerified: true, roles: ['librarian', 'user'] })]);
    await signIn(app, email, PASSWORD);
    expect((await accept({ token, password: PASSWORD })).body.code).toBe('challenge.invalid');
    const actions = await app.rows<{ action: string }>('SELECT action FROM audit_events WHERE subject_id = $1', [body.user.id]);
    expect(actions.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['account.registered', 'invitation.accepted', 'email.verified']),
    );
  });

  it('make an account without a password, which signs in by a mailed code', async () => {
    const email = freshEmail();
    const { token } = await invite(email);
    const { body } = await accept({ token });
    expect(body.user).toMatchObject({ email, emailVerified: true, roles: ['user'] });
    const waiting = await begin(app, { identifier: email });
    const done = await attempt(app, waiting, (await mailedCode(app, waiting, email)).answer);
    expect(done.body.session.user.id).toBe(body.user.id);
  });

  it('are used once, also by ten at the same time', async () => {
    const email = freshEmail();
    const { token } = await invite(email);
    const answers = await Promise.all(Array.from({ length: 10 }, () => accept({ token })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await app.rows('SELECT count(*)::int AS accounts FROM users WHERE email = $1', [email])).toEqual([{ accounts: 1 }]);
  });

  it('end after 7 days', async () => {
    const { id, token } = await invite(freshEmail());
    const [row] = await app.rows<{ days: number }>(
      'SELECT extract(epoch FROM expires_at - created_at)::float8 / 86400 AS days FROM invitations WHERE id = $1',
      [id],
    );
    expect(row?.days).toBeCloseTo(7, 3);
    await app.rows(`UPDATE invitations SET expires_at = now() - interval '1 second' WHERE id = $1`, [id]);
    expect((await accept({ token })).body.code).toBe('challenge.expired');
    expect((await app.get(`${PAGE}?token=${token}`)).status).toBe(410);
  });

  describe('belong to one address', () => {
    it('and no session of another account takes them, nor one that has not proven it', async () => {
      const email = freshEmail();
      const { token } = await invite(email, 'librarian');
      const stranger = await signedIn(app);
      await prove(stranger.email);
      const refused = await accept({ token }, stranger.accessToken);
      expect([refused.status, refused.body.code]).toEqual([403, 'invitation.other_address']);
      const unproven = await signedIn(app, { email });
      expect((await accept({ token }, unproven.accessToken)).body.code).toBe('invitation.other_address');
      // Open for its owner.
      await prove(email);
      expect((await accept({ token, password: PASSWORD }, unproven.accessToken)).status).toBe(422);
      expect((await accept({ token }, unproven.accessToken)).body.user).toMatchObject({ email, roles: ['librarian', 'user'] });
      // The access token tells the former roles.
      expect((await app.get('/v1/users/me', { token: unproven.accessToken })).status).toBe(401);
      expect(await rolesOf(stranger.email)).toEqual(['user']);
    });

    it('and a provider with another address does not, one with that address does', async () => {
      await app.rows(`DELETE FROM providers WHERE slug = 'fake'`);
      await addProvider(app, { issuer: fake.issuer, signUps: true, emailTrusted: true });
      choose({ REGISTRATION: 'invited' });
      const email = freshEmail();
      await invite(email, 'librarian');
      const refused = await signInBy(app, fake, { email: freshEmail(), email_verified: true });
      expect(refused.code).toBe('registration.invitation_required');
      expect((await signInBy(app, fake, { email, email_verified: false })).code).toBe('provider.email_unproven');
      const done = await readSignIn(app, await signInBy(app, fake, { email, email_verified: true }));
      expect(done.body.session.user).toMatchObject({ email, emailVerified: true });
      expect(await rolesOf(email)).toEqual(['librarian', 'user']);
    });

    it('and the word of a provider that is not trusted proves none', async () => {
      await app.rows('DELETE FROM identities');
      await app.rows(`DELETE FROM providers WHERE slug = 'fake'`);
      await addProvider(app, { issuer: fake.issuer, signUps: true, emailTrusted: false });
      choose({ REGISTRATION: 'invited' });
      const email = freshEmail();
      await invite(email);
      expect((await signInBy(app, fake, { email, email_verified: true })).code).toBe('registration.invitation_required');
    });
  });

  it('admit a mailed code where REGISTRATION=invited, and nobody else, with the same answers', async () => {
    choose({ REGISTRATION: 'invited' });
    const [email, stranger] = [freshEmail(), freshEmail()];
    await invite(email, 'librarian');
    for (const each of [email, stranger]) {
      const refused = await app.post('/v1/auth/register', { email: each, password: PASSWORD });
      expect([refused.status, refused.body.code]).toEqual([403, 'registration.invitation_required']);
    }
    const uninvited = await begin(app, { identifier: stranger });
    expect((await askForCode(app, uninvited)).status).toBe(201);
    const waiting = await begin(app, { identifier: email });
    const done = await attempt(app, waiting, (await mailedCode(app, waiting, email)).answer);
    expect(done.body.session.user).toMatchObject({ email, emailVerified: true });
    expect(await rolesOf(email)).toEqual(['librarian', 'user']);
    expect(await app.rows('SELECT 1 FROM mails WHERE recipient = $1', [stranger])).toEqual([]);
    expect(await app.rows('SELECT 1 FROM invitations WHERE email_key = $1 AND accepted_at IS NOT NULL', [email])).toHaveLength(1);
    expect((await app.get('/v1/registration')).body.registration).toBe('invited');
  });

  it('give an account that nobody has proven to the reader, emptied', async () => {
    const email = freshEmail();
    const squatter = await signedIn(app, { email, mobile: '+1 202 555 0133' });
    const { token } = await invite(email);
    const { body } = await accept({ token, password: 'seven calm rivers run' });
    expect(body.user).toMatchObject({ id: squatter.id, email, emailVerified: true, mobile: null });
    expect((await app.get('/v1/users/me', { token: squatter.accessToken })).status).toBe(401);
    const old = await app.post('/v1/auth/login', { identifier: email, password: squatter.password });
    expect(old.body.code).toBe('auth.bad_credentials');
    await signIn(app, email, 'seven calm rivers run');
  });

  it('make no account that nobody could sign in to', async () => {
    const [email, { email: claimed }] = [freshEmail(), await register(app)];
    choose({ EMAIL_CODE: 'off' });
    for (const address of [email, claimed]) {
      const { token } = await invite(address);
      const { status, body } = await accept({ token });
      expect([status, body.errors]).toEqual([422, [expect.objectContaining({ pointer: '/password', rule: 'required' })]]);
      const page = await submit({ token });
      expect([page.status, page.text.includes('Choose a password')]).toEqual([422, true]);
      expect((await accept({ token, password: PASSWORD })).status).toBe(200);
      await signIn(app, address, PASSWORD);
    }
    // Whoever has an account keeps what signs in.
    const { email: proven } = await register(app);
    await prove(proven);
    expect((await accept({ token: (await invite(proven)).token })).status).toBe(200);
  });

  it.each([true, false])('wait where the account is disabled, proven or not', async (isProven) => {
    const { email } = await register(app);
    if (isProven) await prove(email);
    const { token } = await invite(email, 'librarian');
    const disabledAt = (now: string) => app.rows(`UPDATE users SET disabled_at = ${now} WHERE email = $1`, [email]);
    await disabledAt('now()');
    for (const body of [{ token }, { token, password: PASSWORD }]) {
      const refused = await accept(body);
      expect([refused.status, refused.body.code]).toEqual([409, 'invitation.account_disabled']);
    }
    const page = await submit({ token, password: PASSWORD });
    expect(page.text).toContain('Your account is disabled');
    expect(page.text).not.toContain('sign in as usual');
    await disabledAt('NULL');
    expect((await accept({ token })).body.user.roles).toEqual(['librarian', 'user']);
  });

  it('leave a proven account its password', async () => {
    const { email } = await register(app);
    await prove(email);
    const { token } = await invite(email, 'librarian');
    const refused = await accept({ token, password: 'seven calm rivers run' });
    expect([refused.status, refused.body.code]).toEqual([409, 'invitation.account_exists']);
    expect((await accept({ token })).body.user.roles).toEqual(['librarian', 'user']);
    await signIn(app, email, PASSWORD);
  });

  it.each([
    ['loses a role keeps it lost', `UPDATE users SET roles = '{user}' WHERE id = $1`, [200, ['librarian', 'user']]],
    [
      'is disabled brings no role',
      `UPDATE users SET disabled_at = now(), disabled_reason = 'gone' WHERE id = $1`,
      [404, ['admin', 'user']],
    ],
    ['is deleted is not found', 'DELETE FROM users WHERE id = $1', [404, undefined]],
  ] as const)('accepted for an account that meanwhile %s', async (_, sql, expected) => {
    const { id, email } = await register(app);
    await prove(email);
    await app.rows(`UPDATE users SET roles = '{admin,user}' WHERE id = $1`, [id]);
    const { token } = await invite(email, 'librarian');
    const other = await app.db.connect();
    try {
      await other.query('BEGIN');
      await other.query(sql, [id]);
      const accepting = accept({ token });
      await poll('the acceptance to wait for the account', async () => {
        const [waiting] = await app.rows(`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`);
        return waiting;
      });
      await other.query('COMMIT');
      const { status } = await accepting;
      expect([status, await rolesOf(email)]).toEqual(expected);
    } finally {
      other.release();
      await app.rows('DELETE FROM users WHERE id = $1', [id]);
    }
  });

  it('go with the account that they made', async () => {
    const email = freshEmail();
    const { token } = await invite(email);
    await accept({ token, password: PASSWORD });
    const { accessToken } = await signIn(app, email, PASSWORD);
    expect((await app.call('DELETE', '/v1/users/me', { token: accessToken, body: { password: PASSWORD } })).status).toBe(204);
    expect(await app.rows('SELECT 1 FROM invitations WHERE email_key = $1', [email])).toEqual([]);
    expect(await app.rows('SELECT 1 FROM mails WHERE recipient = $1', [email])).toEqual([]);
  });

  it('are also made on the command line, without mail', async () => {
    const cli = new CommandLine(String(app.settings.DATABASE_URL));
    const email = freshEmail();
    try {
      const { code, out } = await cli.run('admin', 'invite', '--email', email.toUpperCase(), '--role', 'librarian');
      expect(code).toBe(0);
      const link = new URL(String(out.join('\n').split('\n').at(-1)));
      expect(link.href).toMatch(/^https:\/\/accounts\.latchkey\.test\/account\/invitation\?token=/);
      const { json } = await cli.run('admin', 'invite', '--email', email, '--json');
      expect(json).toMatchObject({ email, link: link.href });
      expect((await cli.run('admin', 'invite', '--email', email, '--role', 'admin')).code).toBe(2);
      expect((await cli.run('admin', 'invite', '--email', 'nonsense')).code).toBe(1);
      expect(await app.rows('SELECT 1 FROM mails WHERE recipient = $1', [email])).toEqual([]);
      const { body } = await accept({ token: link.searchParams.get('token'), password: PASSWORD });
      expect(body.user).toMatchObject({ email, emailVerified: true, roles: ['user'] });
    } finally {
      cli.clear();
    }
  });

  describe('have a page', () => {
    it('that spends nothing when it is opened, and takes a password or none', async () => {
      const [email, other] = [freshEmail(), freshEmail()];
      const { mail, token } = await invite(email);
      expect(mail.links[0]).toContain(`${PAGE}?token=`);
      for (let i = 0; i < 2; i++) {
        const page = await app.get(`${PAGE}?token=${token}`);
        expect([page.status, page.headers['content-security-policy'] !== undefined]).toEqual([200, true]);
        expect(page.text).toContain(email);
        expect(page.text).not.toMatch(/<script/);
      }
      const short = await submit({ token, password: 'short' });
      expect([short.status, /aria-invalid="true"/.test(short.text)]).toEqual([422, true]);
      const done = await submit({ token, password: PASSWORD });
      expect([done.status, /Your account is ready/.test(done.text)]).toEqual([200, true]);
      await signIn(app, email, PASSWORD);
      expect((await submit({ token, password: PASSWORD })).status).toBe(400);
      expect((await app.get(`${PAGE}?token=${token}`)).status).toBe(400);
      const second = await invite(other);
      expect((await submit({ token: second.token })).text).toContain('have a code mailed');
    });

    it('that offers an account without a password only where mailed codes sign in', async () => {
      const { token } = await invite(freshEmail());
      const offer = 'Accept without a password';
      expect((await app.get(`${PAGE}?token=${token}`)).text).toContain(offer);
      choose({ EMAIL_CODE: 'off' });
      const { status, text } = await app.get(`${PAGE}?token=${token}`);
      expect(status).toBe(200);
      expect(text).toContain('Accept and set the password');
      expect(text).not.toContain(offer);
    });

    it('that asks a proven account for no password', async () => {
      const { email } = await register(app);
      await prove(email);
      const { token } = await invite(email);
      const page = await app.get(`${PAGE}?token=${token}`);
      expect(page.text).toContain('already have an account');
      expect(page.text).not.toContain('type="password"');
      expect((await submit({ token })).text).toContain('sign in as usual');
    });
  });
});
