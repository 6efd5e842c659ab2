import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, signIn } from './support/accounts.js';
import { DeletionFlow } from './support/account-deletion.js';
import { NEW_PASSWORD, ResetFlow } from './support/password-reset.js';
import { plantTotp, factorsOf } from './support/second-factor.js';
import { type Answer, type TestApp, sharedApp } from './support/start-app.js';

const PAGE = '/account/reset-password';

describe('a mailed code or link of an account that requires a second factor', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());

  const flow = new ResetFlow(() => app);
  const deletion = new DeletionFlow(() => app);
  /** An account with a proven address and an authenticator app. */
  const proven = async () => {
    const user = await deletion.proven();
    return { ...user, totp: await plantTotp(app, user.id) };
  };
  const candidate = async () => {
    const user = await proven();
    return { ...user, mail: await flow.mailFor(user.email) };
  };
  const submit = (path: string, fields: Record<string, string>): Promise<Answer> =>
    app.post(path, new URLSearchParams(fields).toString(), { headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  const expectOldPassword = async (id: string): Promise<void> => {
    expect(
      await app.rows(`SELECT action FROM audit_events WHERE subject_id = $1 AND action = 'password.reset' AND outcome = 'success'`, [id]),
    ).toEqual([]);
  };

  it('resets nothing alone, and is not spent', async () => {
    const { id, mail, totp } = await candidate();
    const refused = await flow.reset({ token: mail.token });
    expect([refused.status, refused.body.code]).toEqual([403, 'auth.second_factor_required']);
    await expectOldPassword(id);
    expect((await flow.check({ token: mail.token })).status).toBe(204);
    expect((await flow.reset({ token: mail.token, totp: totp.code() })).status).toBe(204);
    expect(await factorsOf(app, id)).toEqual(['totp']);
  });

  it('is not spent by a wrong code of the app, which is on record', async () => {
    const { id, email, mail, totp } = await candidate();
    const wrong = await flow.reset({ identifier: email, code: mail.secretCode, totp: totp.wrongCode() });
    expect([wrong.status, wrong.body.code]).toEqual([401, 'factor.invalid']);
    expect(
      await app.rows(`SELECT details->>'reason' AS reason FROM audit_events WHERE subject_id = $1 AND action = 'password.reset'`, [id]),
    ).toEqual([{ reason: 'factor.invalid' }]);
    expect((await flow.reset({ identifier: email, code: mail.secretCode, totp: totp.code() })).status).toBe(204);
  });

  it('takes one factor, not two, and no null', async () => {
    const { mail, totp } = await candidate();
    const both = await flow.reset({ token: mail.token, totp: totp.code(), recoveryCode: 'AAAAA-BBBBB-CCCCC-DDDDD' });
    expect([both.status, both.body.errors]).toEqual([
      422,
      [expect.objectContaining({ pointer: '/recoveryCode', rule: 'proof.ambiguous' })],
    ]);
    expect((await flow.reset({ token: mail.token, totp: null })).status).toBe(422);
  });

  it('says what is wrong with the new password first, and uses no code of the app for it', async () => {
    const { mail, totp, email } = await candidate();
    expect((await flow.reset({ token: mail.token, totp: totp.code(), newPassword: 'short' })).status).toBe(422);
    expect((await flow.reset({ token: mail.token, totp: totp.code(), newPassword: email })).status).toBe(422);
    expect((await flow.reset({ token: mail.token, totp: totp.code() })).status).toBe(204);
  });

  it('resets alone where the account has only a passkey, and the passkey stays', async () => {
    const user = await deletion.proven();
    await app.rows(
      `INSERT INTO authenticators (id, user_id, type, name, confirmed_at) VALUES (gen_random_uuid(), $1, 'passkey', 'Laptop', now())`,
      [user.id],
    );
    await app.rows(`UPDATE users SET factors = '{passkey}' WHERE id = $1`, [user.id]);
    expect((await flow.reset({ token: (await flow.mailFor(user.email)).token })).status).toBe(204);
    expect(await factorsOf(app, user.id)).toEqual(['passkey']);
  });

  it('is the first proof of an unproven account, and removes what a stranger set up there', async () => {
    const { id, mail, email } = await flow.candidate();
    await plantTotp(app, id);
    await app.rows(`INSERT INTO recovery_codes (id, user_id, generation, mac) VALUES (gen_random_uuid(), $1, 1, '\\x00')`, [id]);
    await app.rows('UPDATE users SET mfa_required_at = now() WHERE id = $1', [id]);
    expect((await flow.reset({ token: mail.token })).status).toBe(204);
    expect(await app.rows('SELECT factors, mfa_required_at FROM users WHERE id = $1', [id])).toEqual([
      { factors: [], mfa_required_at: null },
    ]);
    expect(await app.rows('SELECT id FROM authenticators WHERE user_id = $1', [id])).toEqual([]);
    expect(await app.rows('SELECT id FROM recovery_codes WHERE user_id = $1', [id])).toEqual([]);
    await signIn(app, email, NEW_PASSWORD);
  });

  it('opens a page with a field for the code, which it does not have for others', async () => {
    const { mail, totp, email } = await candidate();
    const page = await app.get(`${PAGE}?token=${mail.token}`);
    expect(page.text).toMatch(
      /<label for="factor">Code of your authenticator app<\/label>[^]*name="factor" type="text" dir="ltr" autocomplete="one-time-code"/,
    );
    const missing = await submit(PAGE, { token: mail.token, newPassword: NEW_PASSWORD, factor: '' });
    expect([missing.status, missing.text.includes('Enter a code of your authenticator app, or a recovery code.')]).toEqual([422, true]);
    const wrong = await submit(PAGE, { token: mail.token, newPassword: NEW_PASSWORD, factor: totp.wrongCode() });
    expect(wrong.status).toBe(401);
    expect(wrong.text).toContain('<a href="#factor">This code is not right');
    const { code } = totp;
    const done = await submit(PAGE, { token: mail.token, newPassword: NEW_PASSWORD, factor: ` ${code().slice(0, 3)} ${code().slice(3)} ` });
    expect(done.status).toBe(200);
    const other = await flow.candidate();
    expect((await app.get(`${PAGE}?token=${other.mail.token}`)).text).not.toContain('factor');
    expect((await app.post('/v1/auth/login', { identifier: email, password: PASSWORD })).status).toBe(401);
  });

  it('deletes no account alone', async () => {
    const user = await deletion.asked();
    const totp = await plantTotp(app, user.id);
    const { token } = user.mail;
    expect((await deletion.open(token)).text).toContain('<label for="factor">');
    expect((await deletion.submit({ token })).status).toBe(422);
    expect((await deletion.submit({ token, factor: totp.wrongCode() })).status).toBe(401);
    expect(await app.rows('SELECT id FROM users WHERE id = $1', [user.id])).toHaveLength(1);
    expect((await deletion.submit({ token, factor: totp.code() })).status).toBe(200);
    expect(await app.rows('SELECT id FROM users WHERE id = $1', [user.id])).toEqual([]);
  });
});
