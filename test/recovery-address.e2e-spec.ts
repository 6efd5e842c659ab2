import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccountEditService } from '../src/contracts/shared/accounts/account-edit.service.js';
import { PASSWORD, type TestUser, freshEmail, signIn, signedIn } from './support/accounts.js';
import { CALLER, askerOf } from './support/authorized.js';
import { ContractClient } from './support/contracts.js';
import type { ReceivedMail } from './support/mailbox.js';
import { NEW_PASSWORD } from './support/password-reset.js';
import { type TestApp, sharedApp } from './support/start-app.js';

const CONFIRM = '/v1/auth/email/verification/confirm';

describe('the recovery address of an account whose address was changed without the password', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp({ CONTRACTS: 'all' });
  });
  afterAll(() => app.stop());

  interface Moved {
    user: TestUser;
    /** The new address, not proven, and the mail to it. */
    email: string;
    confirmation: ReceivedMail;
    /** The mail with the way back. */
    notice: ReceivedMail;
  }

  const move = async (id: string, email: string) => app.nest.get(AccountEditService).edit(id, { email }, await askerOf(app, id), CALLER);

  async function moved(): Promise<Moved> {
    const user = await signedIn(app);
    const before = await app.mailbox.newest(user.email);
    await app.rows('UPDATE users SET email_verified_at = now() WHERE id = $1', [user.id]);
    const email = freshEmail('thief');
    await move(user.id, email);
    const confirmation = await app.mailbox.newest(email);
    return { user, email, confirmation, notice: await app.mailbox.newest(user.email, before) };
  }

  const sadhelx = () => new ContractClient(app, 'sadhelx');
  const byCode = ({ email, confirmation }: Moved) =>
    sadhelx().send('POST', '/verify/mail', { identity: email, code: confirmation.secretCode });
  /** What a session that a contract opened may do. */
  const bySession = async ({ email, confirmation }: Pick<Moved, 'email' | 'confirmation'>) => {
    const login = await new ContractClient(app, 'entity-user').send('POST', '/login', { email, password: PASSWORD });
    return app.post(CONFIRM, { token: confirmation.token }, { token: login.body.data.access_token as string });
  };
  const stateOf = async ({ user }: Moved) =>
    (await app.rows('SELECT email, email_verified_at IS NOT NULL AS proven, recovery_email FROM users WHERE id = $1', [user.id]))[0];

  /** Where a reset goes, whichever address is typed. */
  async function resetsTo({ user, email }: Moved): Promise<string[]> {
    for (const identifier of [email, user.email]) await app.post('/v1/auth/password/forgot', { identifier });
    const rows = await app.rows<{ address: string }>(
      `SELECT DISTINCT address FROM challenges WHERE user_id = $1 AND purpose = 'reset-password'`,
      [user.id],
    );
    return rows.map(({ address }) => address);
  }

  it('stays, with the way back, where somebody shows the code of the new one and no more: that proves nothing', async () => {
    const one = await moved();
    expect((await byCode(one)).status).toBe(401);
    expect(await stateOf(one)).toEqual({ email: one.email, proven: false, recovery_email: one.user.email });
    expect(await resetsTo(one)).toEqual([one.user.email]);
  });

  it('outlives a proof by a session that a contract opened, and so does the way back: the change needed no more', async () => {
    const one = await moved();
    expect((await bySession(one)).status).toBe(200);
    expect(await stateOf(one)).toEqual({ email: one.email, proven: true, recovery_email: one.user.email });
    expect(await resetsTo(one)).toEqual([one.user.email]);
    expect((await app.post('/v1/auth/email/undo', { token: one.notice.token, newPassword: NEW_PASSWORD })).status).toBe(204);
    expect(await stateOf(one)).toEqual({ email: one.user.email, proven: true, recovery_email: null });
  });

  it('is not replaced by another change after such a proof', async () => {
    const one = await moved();
    expect((await bySession(one)).status).toBe(200);
    const another = freshEmail('thief');
    await move(one.user.id, another);
    expect(await stateOf(one)).toEqual({ email: another, proven: false, recovery_email: one.user.email });
    expect(await resetsTo({ ...one, email: another })).toEqual([one.user.email]);
  });

  it('gives no way back to an address in between, which the owner has never proven', async () => {
    const one = await moved();
    expect((await bySession(one)).status).toBe(200);
    await move(one.user.id, freshEmail('thief'));
    const told = await app.mailbox.newest(one.email, one.confirmation);
    expect(told.text).not.toContain('/undo');
    expect(told.token).toBe('');
    const ways = await app.rows(`SELECT address FROM challenges WHERE user_id = $1 AND purpose = 'undo-email-change'`, [one.user.id]);
    expect(ways).toEqual([{ address: one.user.email }]);
  });

  it('is missed by nobody who never had an address: one added so is no place for a reset, not even when its mailbox proved it', async () => {
    const user = await signedIn(app);
    // No mail goes to an address that its account has lost meanwhile.
    const notice = await app.mailbox.newest(user.email);
    await app.rows('UPDATE users SET email = NULL, email_key = NULL, email_verified_at = NULL WHERE id = $1', [user.id]);
    const email = freshEmail('thief');
    await move(user.id, email);
    const one: Moved = { user, email, confirmation: await app.mailbox.newest(email), notice };
    expect(await resetsTo(one)).toEqual([]);
    expect((await bySession(one)).status).toBe(200);
    expect(await resetsTo(one)).toEqual([]);
    expect((await signIn(app, email)).accessToken).toBeDefined();
    // Nor is it after another change: what only its reader has proven gets no way back.
    const proven = await app.mailbox.newest(email);
    await move(user.id, freshEmail('thief'));
    expect((await app.mailbox.newest(email, proven)).token).toBe('');
    expect(await resetsTo(one)).toEqual([]);
    expect((await app.rows('SELECT recovery_email FROM users WHERE id = $1', [user.id]))[0]).toEqual({ recovery_email: null });
  });

  it.each([
    ['the password', async () => ({ password: PASSWORD }), async () => undefined],
    ['a session of the core', async () => ({}), async (email: string) => (await signIn(app, email)).accessToken],
  ] as const)('ends when the new one is proven along with %s', async (_name, fields, tokenFor) => {
    const one = await moved();
    const { token } = one.confirmation;
    const answer = await app.post(CONFIRM, { token, ...(await fields()) }, { token: await tokenFor(one.email) });
    expect(answer.status).toBe(200);
    expect(await stateOf(one)).toEqual({ email: one.email, proven: true, recovery_email: null });
    expect(await resetsTo(one)).toEqual([one.email]);
  });

  it('ends so, too, after a proof by the code alone: the mail can be asked for again', async () => {
    const one = await moved();
    await byCode(one);
    expect((await app.post('/v1/auth/email/verification', { email: one.email })).status).toBe(202);
    const { token } = await app.mailbox.newest(one.email, one.confirmation);
    expect((await app.post(CONFIRM, { token, newPassword: NEW_PASSWORD })).body.code).toBe('auth.proof_required');
    expect((await app.post(CONFIRM, { token, password: PASSWORD })).status).toBe(200);
    expect(await stateOf(one)).toEqual({ email: one.email, proven: true, recovery_email: null });
  });

  it('keeps the reader of the new one from a new password, whichever way was proven before', async () => {
    const one = await moved();
    const refused = await app.post(CONFIRM, { token: one.confirmation.token, newPassword: NEW_PASSWORD });
    expect([refused.status, refused.body.code]).toEqual([401, 'auth.proof_required']);
    await signIn(app, one.email);
    expect(await stateOf(one)).toEqual({ email: one.email, proven: false, recovery_email: one.user.email });
  });
});
