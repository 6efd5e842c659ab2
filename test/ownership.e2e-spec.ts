import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccountEditService } from '../src/contracts/shared/accounts/account-edit.service.js';
import { askerOf } from './support/authorized.js';
import { PASSWORD, type TestUser, freshEmail, register, signIn, signedIn } from './support/accounts.js';
import { NEW_PASSWORD, isRefused } from './support/password-reset.js';
import { type Answer, type TestApp, sharedApp } from './support/start-app.js';

const ME = '/v1/users/me';
const CONFIRM = '/v1/auth/email/verification/confirm';
const CALLER = { ip: '192.0.2.9', userAgent: null, requestId: 'test', limits: [] };

let serial = 0;
/** A number nobody else here uses, E.164. */
function freshMobile(): string {
  serial += 1;
  return `+1212555${4_000 + serial}`;
}

/** An account that a stranger made with somebody's address, and everything that they can leave in it. */
interface Planted {
  stranger: TestUser;
  mobile: string;
  /** Texted to the stranger, not used yet. */
  smsCode: string;
  /** Where the stranger wanted the account to have its address. */
  ownEmail: string;
  /** For that. */
  newEmailCode: string;
  newEmailToken: string;
  /** Mailed to the victim at registration. */
  confirmToken: string;
}

describe('once an account’s address is proven for the first time, by somebody who chooses a new password', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp({ CONTRACTS: 'all' });
  });
  afterAll(() => app.stop());

  async function plant(): Promise<Planted> {
    const [mobile, ownEmail] = [freshMobile(), freshEmail('stranger')];
    const stranger = await signedIn(app, { mobile, username: `Planted.${serial}.${process.pid}`, firstName: 'Mallory' });
    const token = stranger.accessToken;
    const { token: confirmToken } = await app.mailbox.newest(stranger.email);
    await app.post(`${ME}/mobile/verification`, undefined, { token });
    const { secretCode: smsCode } = await app.mailbox.newest(mobile);
    expect((await app.post(`${ME}/email`, { email: ownEmail, currentPassword: PASSWORD }, { token })).status).toBe(202);
    const { secretCode: newEmailCode, token: newEmailToken } = await app.mailbox.newest(ownEmail);
    return { stranger, mobile, smsCode, ownEmail, newEmailCode, newEmailToken, confirmToken };
  }

  const forgot = async ({ stranger: { email } }: Planted) => {
    const before = await app.mailbox.newest(email);
    await app.post('/v1/auth/password/forgot', { identifier: email });
    return app.mailbox.newest(email, before);
  };
  const reset = (body: object): Promise<Answer> => app.post('/v1/auth/password/reset', { newPassword: NEW_PASSWORD, ...body });

  const WAYS: [string, (planted: Planted) => Promise<Answer>][] = [
    ['by the link of the first mail', ({ confirmToken: token }) => app.post(CONFIRM, { token, newPassword: NEW_PASSWORD })],
    ['by the link of a reset', async (planted) => reset({ token: (await forgot(planted)).token })],
    ['by the code of a reset', async (planted) => reset({ identifier: planted.stranger.email, code: (await forgot(planted)).secretCode })],
  ];

  describe.each(WAYS)('%s', (_, prove) => {
    it('nothing of a stranger is left that opens it, or that somebody else may own', async () => {
      const planted = await plant();
      const { stranger, mobile } = planted;
      const token = stranger.accessToken;
      expect([200, 204]).toContain((await prove(planted)).status);

      for (const identifier of [stranger.email, mobile, `Planted.${serial}.${process.pid}`])
        expect((await app.post('/v1/auth/login', { identifier, password: PASSWORD })).status).toBe(401);
      expect((await app.get(ME, { token })).body.code).toBe('token.revoked');
      expect((await app.post('/v1/auth/refresh', { refreshToken: stranger.refreshToken })).status).toBe(401);
      // Nor does the number sign in with the right password: whoever has it would be told apart by that.
      expect((await app.post('/v1/auth/login', { identifier: mobile, password: NEW_PASSWORD })).status).toBe(401);

      const owner = await signIn(app, stranger.email, NEW_PASSWORD);
      const me = (await app.get(ME, { token: owner.accessToken })).body;
      expect(me).toMatchObject({ email: stranger.email, emailVerified: true, mobile: null, mobileVerified: false });
      // Names, too, are the owner's to change.
      expect(me).toMatchObject({ username: `Planted.${serial}.${process.pid}`, firstName: 'Mallory' });

      const late = [
        await app.post(`${ME}/mobile/verification/confirm`, { code: planted.smsCode }, { token: owner.accessToken }),
        await app.post(`${ME}/email/confirm`, { code: planted.newEmailCode }, { token: owner.accessToken }),
        await app.post(`${ME}/email/confirm`, { token: planted.newEmailToken }, { token: owner.accessToken }),
        await app.post(CONFIRM, { token: planted.confirmToken, newPassword: 'eleven owls read on' }),
      ];
      expect(late.map(isRefused)).toEqual([true, true, true, true]);
      const open = await app.rows('SELECT purpose FROM challenges WHERE user_id = $1 AND consumed_at IS NULL AND superseded_at IS NULL', [
        stranger.id,
      ]);
      // The link in the mail about the owner's own new password.
      expect(open).toEqual([{ purpose: 'disavow' }]);
      // The number is its owner's again.
      expect((await register(app, { mobile })).id).not.toBe(stranger.id);
    });

    it('is put on record, and the owner gets a notice', async () => {
      const planted = await plant();
      await prove(planted);
      const { subject } = await newestButReset(planted);
      expect(subject).toBe('Your Latchkey password was changed');
      const events = await app.rows<{ action: string }>(
        `SELECT action FROM audit_events WHERE subject_id = $1 AND outcome = 'success' AND action IN ('email.verified', 'mobile.removed')
         ORDER BY action`,
        [planted.stranger.id],
      );
      expect(events.map(({ action }) => action)).toEqual(['email.verified', 'mobile.removed']);
    });
  });

  it('a number goes, too, that a stranger has proven', async () => {
    const planted = await plant();
    const { accessToken: token, email } = planted.stranger;
    expect((await app.post(`${ME}/mobile/verification/confirm`, { code: planted.smsCode }, { token })).status).toBe(200);
    expect((await app.post(CONFIRM, { token: planted.confirmToken, newPassword: NEW_PASSWORD })).status).toBe(200);
    const owner = await signIn(app, email, NEW_PASSWORD);
    expect((await app.get(ME, { token: owner.accessToken })).body).toMatchObject({ mobile: null, mobileVerified: false });
    expect((await app.post('/v1/auth/login', { identifier: planted.mobile, password: NEW_PASSWORD })).status).toBe(401);
  });

  it('whoever proves a number first has the account: its address is a claim, no place for a reset, and its owner’s to register', async () => {
    const planted = await plant();
    const { accessToken: token, email, id } = planted.stranger;
    expect((await app.post(`${ME}/mobile/verification/confirm`, { code: planted.smsCode }, { token })).status).toBe(200);
    await app.post('/v1/auth/password/forgot', { identifier: email });
    const resets = await app.rows(`SELECT address FROM challenges WHERE user_id = $1 AND purpose LIKE 'reset-password%'`, [id]);
    expect(resets).toEqual([{ address: planted.mobile }]);
    expect((await register(app, { email })).id).not.toBe(id);
    expect((await app.get(ME, { token })).body).toMatchObject({ email: null, mobile: planted.mobile, mobileVerified: true });
  });

  /** The newest mail but those that ask for something. */
  async function newestButReset({ stranger: { email } }: Planted): Promise<{ subject: string }> {
    for (let last = await app.mailbox.newest(email); ; last = await app.mailbox.newest(email, last))
      if (!/^(?:Choose|Confirm)/.test(last.subject)) return last;
  }

  it('but not for the second time: a reset leaves the number of an owner who has proven the address', async () => {
    const mobile = freshMobile();
    const user = await signedIn(app, { mobile });
    const { secretCode: code } = await app.mailbox.newest(user.email);
    await app.post(CONFIRM, { email: user.email, code, password: PASSWORD });
    const before = await app.mailbox.newest(user.email);
    await app.post('/v1/auth/password/forgot', { identifier: user.email });
    expect((await reset({ token: (await app.mailbox.newest(user.email, before)).token })).status).toBe(204);
    await signIn(app, mobile, NEW_PASSWORD);
  });

  it('nor by somebody whose address took the place of a proven one: it takes the password, or a session', async () => {
    const owner = await signedIn(app);
    const { secretCode: code } = await app.mailbox.newest(owner.email);
    await app.post(CONFIRM, { email: owner.email, code, password: PASSWORD });
    const email = freshEmail('other');
    await app.nest.get(AccountEditService).edit(owner.id, { email }, await askerOf(app, owner.id), CALLER);
    const { token } = await app.mailbox.newest(email);
    const refused = await app.post(CONFIRM, { token, newPassword: NEW_PASSWORD });
    expect([refused.status, refused.body.code]).toEqual([401, 'auth.proof_required']);
    await signIn(app, email);

    const page = await app.get(`/account/confirm-email?token=${token}`);
    expect(page.text).toContain('name="password"');
    expect(page.text).not.toContain('name="newPassword"');
    const form = await app.post('/account/confirm-email', new URLSearchParams({ token, newPassword: NEW_PASSWORD }).toString(), {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(form.status).toBe(422);
    expect(form.text).toContain('Enter the password of the account.');
    expect((await app.post(CONFIRM, { token, password: PASSWORD })).body).toMatchObject({ email, emailVerified: true });
  });

  it('whoever reads a mistyped address has the account, a proven number or not, until its owner changes the address', async () => {
    const planted = await plant();
    const { accessToken: token, email, id } = planted.stranger;
    // Nobody meant harm here: it is the owner who mistyped the address, and proves the address that was meant.
    const meant = freshEmail('meant');
    const before = await app.mailbox.newest(email);
    await app.post(`${ME}/email`, { email: meant, currentPassword: PASSWORD }, { token });
    const { secretCode: code } = await app.mailbox.newest(meant);
    expect((await app.post(`${ME}/email/confirm`, { code }, { token })).body).toMatchObject({ email: meant, emailVerified: true });
    // Neither the mail from before, nor another one, nor a reset gives the reader of the mistyped address anything.
    expect(isRefused(await app.post(CONFIRM, { token: planted.confirmToken, newPassword: NEW_PASSWORD }))).toBe(true);
    for (const path of ['/v1/auth/email/verification', '/v1/auth/password/forgot'])
      await app.post(path, path.endsWith('forgot') ? { identifier: email } : { email });
    const notice = await app.mailbox.newest(email, before);
    expect([notice.token, notice.links]).toEqual(['', []]);
    const mails = await app.rows<{ kind: string }>('SELECT kind FROM mails WHERE recipient = $1 ORDER BY id DESC LIMIT 1', [email]);
    expect(mails).toEqual([{ kind: 'unproven-email-changed' }]);
    expect((await app.get(ME, { token })).body).toMatchObject({ id, email: meant });
  });
});
