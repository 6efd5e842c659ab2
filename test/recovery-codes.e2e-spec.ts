import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestUser, signedIn } from './support/accounts.js';
import { type TestTotp, addTotp, atLevel, showFactor } from './support/factors.js';
import { type Answer, type TestApp, sharedApp } from './support/start-app.js';

const AUTHENTICATORS = '/v1/users/me/authenticators';

describe('recovery codes', () => {
  let app: TestApp;
  let user: TestUser;
  let totp: TestTotp;
  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    user = await signedIn(app);
    totp = await addTotp(app, user.accessToken);
    user = await atLevel(app, user);
  });

  const renew = (token = user.accessToken): Promise<Answer> => app.post('/v1/users/me/recovery-codes', undefined, { token });
  const left = async (): Promise<number> => (await app.get(AUTHENTICATORS, { token: user.accessToken })).body.recoveryCodes.left;
  const use = (recoveryCode: string | undefined): Promise<unknown> => showFactor(app, user.id, { recoveryCode: String(recoveryCode) });

  it('stand in for a lost authenticator, each once, however it is written', async () => {
    const [first = '', second = '', third = ''] = totp.recoveryCodes;
    expect(await use(first)).toEqual({ type: 'recovery_code', userId: user.id, authenticatorId: null, methods: ['kba'], level: 1 });
    await use(second.toLowerCase().replaceAll('-', ' '));
    await expect(use(first)).rejects.toMatchObject({ code: 'factor.invalid' });
    const shown = await Promise.allSettled(Array.from({ length: 50 }, () => use(third)));
    expect(shown.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await left()).toBe(7);
  });

  it('each use is mailed and on record', async () => {
    await use(totp.recoveryCodes[0]);
    const mail = await app.mailbox.about('A recovery code of your Latchkey account was used', user.email);
    expect(mail.text).toContain('Unused codes: 9.');
    expect(mail.links).toEqual([]);
    const events = await app.rows(`SELECT outcome, details FROM audit_events WHERE subject_id = $1 AND action = 'recovery_code.used'`, [
      user.id,
    ]);
    expect(events).toEqual([{ outcome: 'success', details: { left: 9 } }]);
  });

  it('are kept only as keyed hashes, bound to the account', async () => {
    const rows = await app.rows<{ mac: Buffer }>('SELECT mac FROM recovery_codes WHERE user_id = $1', [user.id]);
    expect(rows.map(({ mac }) => mac.length)).toEqual(Array.from({ length: 10 }, () => 32));
    const other = await signedIn(app);
    await addTotp(app, other.accessToken);
    const [mine = ''] = totp.recoveryCodes;
    await expect(showFactor(app, other.id, { recoveryCode: mine })).rejects.toMatchObject({ code: 'factor.invalid' });
    await app.rows('UPDATE recovery_codes SET user_id = $2 WHERE user_id = $1', [user.id, other.id]);
    await expect(showFactor(app, other.id, { recoveryCode: mine })).rejects.toMatchObject({ code: 'factor.invalid' });
  });

  it('new ones end the old, and the owner is told', async () => {
    const { status, body } = await renew();
    expect([status, new Set(body.recoveryCodes).size]).toEqual([201, 10]);
    await app.mailbox.about('New recovery codes for your Latchkey account', user.email);
    await expect(use(totp.recoveryCodes[0])).rejects.toMatchObject({ code: 'factor.invalid' });
    await use(body.recoveryCodes[9]);
    expect(await left()).toBe(9);
  });

  it('are not made by a session without the second factor, nor for an account that has none', async () => {
    const weak = await atLevel(app, user, 'aal = 1');
    expect((await renew(weak.accessToken)).body.code).toBe('auth.step_up_required');
    const other = await signedIn(app);
    expect((await renew(other.accessToken)).body.code).toBe('authenticator.none');
  });

  it('go with the last authenticator, and come anew with the next first one', async () => {
    expect((await app.call('DELETE', `${AUTHENTICATORS}/${totp.id}`, { token: user.accessToken })).status).toBe(204);
    expect(await left()).toBe(0);
    await expect(use(totp.recoveryCodes[0])).rejects.toMatchObject({ code: 'factor.invalid' });
    expect((await addTotp(app, user.accessToken)).recoveryCodes).toHaveLength(10);
  });

  it('are told in the export of the account, without the codes', async () => {
    await use(totp.recoveryCodes[0]);
    const { body, text } = await app.get('/v1/users/me/export', { token: user.accessToken });
    expect(body.authenticators).toEqual([expect.objectContaining({ id: totp.id, type: 'totp', name: 'Authenticator app' })]);
    expect(body.recoveryCodes).toHaveLength(10);
    expect(body.recoveryCodes.filter(({ usedAt }: { usedAt: string | null }) => usedAt !== null)).toHaveLength(1);
    expect(text).not.toContain(totp.secret);
    for (const code of totp.recoveryCodes) expect(text).not.toContain(code);
  });
});
