import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PasswordLocks } from '../src/auth/passwords/password-locks.service.js';
import { CATALOGUE } from '../src/capabilities.js';
import { DatabaseService } from '../src/database/database.service.js';
import type { MailKind } from '../src/common/declared.js';
import { UsersService } from '../src/users/users.service.js';
import { DeletionFlow } from './support/account-deletion.js';
import { PASSWORD, type TestUser, signedInAs } from './support/accounts.js';
import { CALLER } from './support/authorized.js';
import { addTotp, atLevel } from './support/factors.js';
import type { FalseProvider } from './support/false-provider.js';
import { FEDERATED, addProvider, falseProvider, signInBy } from './support/federation.js';
import { DisavowalFlow, PAGE, subjectOf } from './support/disavowal.js';
import { NEW_PASSWORD } from './support/password-reset.js';
import { factorsOf, plantTotp } from './support/second-factor.js';
import { attempt, beginWithPassword, readSignIn } from './support/sign-ins.js';
import { type Answer, type TestApp, sharedApp } from './support/start-app.js';

const AUTHENTICATORS = '/v1/users/me/authenticators';

/** What a thief does, or the owner; the mail about it, and what disowning it takes back. */
interface Act {
  mail: MailKind;
  does: (user: TestUser) => Promise<unknown>;
  undone: 'undone' | 'nothing';
  /** What there is afterwards. */
  leaves?: (user: TestUser) => Promise<unknown>;
  expected?: unknown;
}

let serial = 0;

describe('"This wasn\'t me"', () => {
  let app: TestApp;
  let fake: FalseProvider;
  let admin: TestUser;
  beforeAll(async () => {
    [app, fake] = await Promise.all([sharedApp({ ...FEDERATED, MFA: 'optional' }), falseProvider()]);
    admin = await signedInAs(app, 'admin');
    await addProvider(app, { issuer: fake.issuer, emailTrusted: true, links: 'auto' });
  });
  afterAll(() => app.stop());

  const { proven } = new DeletionFlow(() => app);
  const { disavow, submit, noticeOf, isSignedIn, addPasskey } = new DisavowalFlow(() => app);
  const setMobile = (user: TestUser, mobile: string): Promise<Answer> =>
    app.call('PUT', '/v1/users/me/mobile', { token: user.accessToken, body: { mobile, currentPassword: PASSWORD } });
  const link = async (user: TestUser) => readSignIn(app, await signInBy(app, fake, { email: user.email, email_verified: true }));
  const freshMobile = (): string => `+1212555${String(7_000 + (serial += 1))}`;
  const column = async (user: TestUser, sql: string): Promise<unknown> =>
    (await app.rows<{ value: unknown }>(`SELECT ${sql} AS value FROM users WHERE id = $1`, [user.id]))[0]?.value;
  const changePassword = (user: TestUser, newPassword = NEW_PASSWORD, currentPassword = PASSWORD): Promise<Answer> =>
    app.call('PUT', '/v1/auth/password', { token: user.accessToken, body: { currentPassword, newPassword } });

  const ACTS: Act[] = [
    { mail: 'password-changed', does: (user) => changePassword(user), undone: 'nothing' },
    {
      mail: 'password-locked',
      does: async (user) => {
        await app.rows('UPDATE user_activity SET password_failures = 99 WHERE user_id = $1', [user.id]);
        await app.rows('INSERT INTO user_activity (user_id, password_failures) VALUES ($1, 99) ON CONFLICT (user_id) DO NOTHING', [
          user.id,
        ]);
        const locks = app.nest.get(PasswordLocks, { strict: false });
        const account = await app.nest.get(UsersService).getById(user.id);
        await app.nest.get(DatabaseService).transaction(() => locks.countFailure(account, CALLER));
      },
      undone: 'nothing',
    },
    {
      mail: 'mobile-changed',
      does: async (user) => {
        await setMobile(user, '+12125556001');
        await setMobile(user, freshMobile());
      },
      undone: 'undone',
      leaves: (user) => column(user, `mobile || (mobile_verified_at IS NULL)::text`),
      expected: '+12125556001true',
    },
    {
      mail: 'authenticator-added',
      does: (user) => addPasskey(user),
      undone: 'undone',
      leaves: (user) => factorsOf(app, user.id),
      expected: [],
    },
    {
      mail: 'authenticator-removed',
      does: async (user) => {
        const { id } = await plantTotp(app, user.id);
        const strong = await atLevel(app, user);
        await app.call('DELETE', `${AUTHENTICATORS}/${id}`, { token: strong.accessToken });
      },
      undone: 'nothing',
      leaves: (user) => factorsOf(app, user.id),
      expected: [],
    },
    {
      mail: 'recovery-codes-made',
      does: async (user) => {
        await plantTotp(app, user.id);
        await app.post('/v1/users/me/recovery-codes', undefined, { token: (await atLevel(app, user)).accessToken });
      },
      undone: 'undone',
      leaves: (user) => app.rows('SELECT FROM recovery_codes WHERE user_id = $1', [user.id]),
      expected: [],
    },
    {
      mail: 'recovery-code-used',
      does: async (user) => {
        const { recoveryCodes } = await addTotp(app, user.accessToken);
        await attempt(app, await beginWithPassword(app, user), { recoveryCode: recoveryCodes[0] });
      },
      undone: 'nothing',
      leaves: (user) => factorsOf(app, user.id),
      expected: ['totp'],
    },
    {
      mail: 'second-factor-demanded',
      does: async (user) => {
        await addPasskey(user);
        await app.call('PATCH', '/v1/users/me', { token: (await atLevel(app, user)).accessToken, body: { mfaRequired: true } });
      },
      undone: 'nothing',
      leaves: (user) => column(user, 'mfa_required_at IS NOT NULL'),
      expected: true,
    },
    {
      mail: 'second-factor-waived',
      does: async (user) => {
        await plantTotp(app, user.id);
        await app.rows('UPDATE users SET mfa_required_at = now() WHERE id = $1', [user.id]);
        await app.call('PATCH', '/v1/users/me', { token: (await atLevel(app, user)).accessToken, body: { mfaRequired: false } });
      },
      undone: 'nothing',
    },
    {
      mail: 'identity-linked',
      does: (user) => link(user),
      undone: 'undone',
      leaves: (user) => app.rows('SELECT FROM identities WHERE user_id = $1', [user.id]),
      expected: [],
    },
    {
      mail: 'identity-unlinked',
      does: async (user) => {
        await link(user);
        const token = user.accessToken;
        const [identity] = (await app.get(AUTHENTICATORS, { token })).body.identities;
        await app.call('DELETE', `/v1/users/me/identities/${identity.id}`, { token });
      },
      undone: 'nothing',
      leaves: (user) => app.rows('SELECT FROM identities WHERE user_id = $1', [user.id]),
      expected: [],
    },
    {
      mail: 'factors-reset',
      does: async (user) => {
        await plantTotp(app, user.id);
        const { accessToken: token } = await atLevel(app, admin);
        await app.call('DELETE', `/v1/users/${user.id}/authenticators`, { token, body: { reason: 'lost' } });
      },
      undone: 'nothing',
      leaves: (user) => column(user, 'mfa_required_at IS NOT NULL'),
      expected: true,
    },
  ];

  it('is tried here for every notice to owners', () => {
    const notices = [...CATALOGUE.mails].filter(([, { carriesSecrets }]) => carriesSecrets === 'to-owners').map(([kind]) => kind);
    expect(ACTS.map(({ mail }) => mail).toSorted()).toEqual(notices.toSorted());
  });

  describe.each(ACTS)('in the mail $mail', ({ mail, does, undone, leaves, expected }) => {
    it('signs everybody out, takes back what can be, and forces a new password, once', async () => {
      const user = await proven();
      await does(user);
      const notice = await noticeOf(mail, user);
      expect(notice.links).toContain(`${app.settings.PUBLIC_URL}${PAGE}?token=${notice.token}`);
      expect(String(notice.text)).toContain('7 days');
      await app.rows('UPDATE users SET password_locked_at = NULL WHERE id = $1', [user.id]);
      const { password } = mail === 'password-changed' ? { password: NEW_PASSWORD } : user;

      // Mail scanners open links, too.
      for (let opened = 0; opened < 3; opened += 1) {
        const page = await app.get(`${PAGE}?token=${notice.token}&utm_source=mail`);
        expect([page.status, page.headers['referrer-policy']]).toEqual([200, 'no-referrer']);
        expect(page.text).toContain(user.email);
      }
      const { status, body } = await disavow(notice.token);
      expect([status, body]).toEqual([200, { undone, dueAt: null, next: 'reset' }]);

      expect(await isSignedIn(user)).toBe(false);
      expect((await app.post('/v1/auth/refresh', { refreshToken: user.refreshToken })).status).toBe(401);
      expect((await app.post('/v1/auth/login', { identifier: user.email, password })).status).toBe(401);
      const left = await leaves?.(user);
      expect(left).toEqual(expected);
      const events = await app.rows(
        `SELECT outcome, subject_id AS id, details FROM audit_events WHERE action = 'notice.disavowed' AND subject_id = $1`,
        [user.id],
      );
      expect(events).toEqual([{ outcome: 'success', id: user.id, details: expect.objectContaining({ notice: mail, undone }) }]);

      const again = await disavow(notice.token);
      expect([again.status, again.body.code]).toEqual([400, 'challenge.invalid']);
      for (const page of [await app.get(`${PAGE}?token=${notice.token}`), await submit(notice.token)]) {
        expect([page.status, page.text.includes('You have told us already')]).toEqual([200, true]);
      }
      const reset = await noticeOf('reset-password', user);
      expect(reset.token).not.toBe('');
    });
  });

  it('is done by the page alike', async () => {
    const user = await proven();
    await addPasskey(user);
    const notice = await noticeOf('authenticator-added', user);
    const page = await app.get(`${PAGE}?token=${notice.token}`);
    expect(page.text).toContain(subjectOf('authenticator-added'));
    const done = await submit(notice.token);
    expect(done.status).toBe(200);
    expect(done.text).toContain('Your account is secured');
    expect(await isSignedIn(user)).toBe(false);
    expect(await factorsOf(app, user.id)).toEqual([]);
  });
});
