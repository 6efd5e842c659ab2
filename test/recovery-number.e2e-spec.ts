import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, freshEmail, register, signIn, signedInAs } from './support/accounts.js';
import { ContractClient } from './support/contracts.js';
import type { ReceivedMail } from './support/mailbox.js';
import { NEW_PASSWORD } from './support/password-reset.js';
import { poll } from './support/poll.js';
import { type Answer, type TestApp, sharedApp } from './support/start-app.js';
import { UserAuthFlow } from './support/user-auth.js';

const ASK = '/v1/users/me/mobile/verification';
const CONFIRM = `${ASK}/confirm`;
const CLAIM = '/v1/auth/mobile/verification/confirm';

let serial = 0;
const freshNumber = (): string => `+1202555${3_000 + (serial += 1)}`;

describe('the recovery number of an account whose number was changed', () => {
  let app: TestApp;
  let flow: UserAuthFlow;
  beforeAll(async () => {
    app = await sharedApp({ CONTRACTS: 'all' });
    flow = new UserAuthFlow(app);
  });
  afterAll(() => app.stop());

  const api = () => new ContractClient(app, 'user-auth');
  const newest = (to: string, after?: ReceivedMail) => app.mailbox.newest(to, after);
  const seen = ({ status, body }: Answer) => [status, body?.code];

  /** An account of the contract with nothing but a proven number, and a session that the contract opened. */
  async function owned() {
    const account = await flow.signedIn();
    const own = (await signIn(app, account.username, account.password)).accessToken;
    await app.post(ASK, {}, { token: own });
    const text = await newest(account.e164);
    expect((await app.post(CONFIRM, { code: text.secretCode }, { token: own })).status).toBe(200);
    return { ...account, text };
  }

  const stateOf = async (id: string) =>
    (await app.rows('SELECT mobile_key, mobile_verified_at IS NOT NULL AS proven, recovery_mobile FROM users WHERE id = $1', [id]))[0];

  /** Where texted resets go, whatever is typed. */
  async function resetsTo(id: string, ...identifiers: string[]): Promise<string[]> {
    for (const identifier of identifiers) await app.post('/v1/auth/password/forgot', { identifier });
    const rows = await app.rows<{ address: string }>(
      `SELECT DISTINCT address FROM challenges WHERE user_id = $1 AND purpose LIKE 'reset-password%'`,
      [id],
    );
    return rows.map(({ address }) => address);
  }

  /** With nothing but the contract's token, as a thief has it. */
  async function moved() {
    const account = await owned();
    const thiefs = freshNumber();
    const { status } = await api().send('PATCH', `/user/${account.uuid}`, { mobile: thiefs }, { token: account.token });
    expect(status).toBe(200);
    await app.post(ASK, {}, { token: account.token });
    return { ...account, thiefs, code: (await newest(thiefs)).secretCode };
  }

  it('keeps a contract’s session from taking the account over by another number', async () => {
    const { uuid, username, password, e164, thiefs, code } = await moved();
    expect(seen(await app.post(CLAIM, { mobile: thiefs, code, newPassword: NEW_PASSWORD }))).toEqual([401, 'auth.proof_required']);
    expect(await stateOf(uuid)).toEqual({ mobile_key: thiefs, proven: false, recovery_mobile: e164 });
    expect(await resetsTo(uuid, thiefs, e164, username)).toEqual([e164]);
    expect((await signIn(app, username, password)).accessToken).toBeDefined();
  });

  it('outlives a proof by that session, and another change after it; the owner comes back by it', async () => {
    const { uuid, username, token, e164, text, thiefs, code } = await moved();
    expect((await app.post(CONFIRM, { code }, { token })).status).toBe(200);
    expect(await stateOf(uuid)).toEqual({ mobile_key: thiefs, proven: true, recovery_mobile: e164 });
    const another = freshNumber();
    await api().send('PATCH', `/user/${uuid}`, { mobile: another }, { token });
    expect(await stateOf(uuid)).toEqual({ mobile_key: another, proven: false, recovery_mobile: e164 });
    expect(await resetsTo(uuid, thiefs, another, username, e164)).toEqual([e164]);
    // Of several texts under way, any may come last.
    await poll('all texts', async () => ((await app.rows('SELECT FROM graphile_worker._private_jobs')).length === 0 ? true : undefined));
    const former = await newest(e164, text);
    await app.post('/v1/auth/password/forgot', { identifier: e164 });
    const reset = { identifier: e164, code: (await newest(e164, former)).secretCode, newPassword: NEW_PASSWORD };
    expect((await app.post('/v1/auth/password/reset', reset)).status).toBe(204);
    expect((await app.get('/v1/users/me', { token })).status).toBe(401);
    expect((await signIn(app, username, NEW_PASSWORD)).accessToken).toBeDefined();
  });

  it('is no number that a contract’s session added and proved, after another change either', async () => {
    const { uuid, username, token } = await flow.signedIn();
    const [second, third] = [freshNumber(), freshNumber()];
    await api().send('PATCH', `/user/${uuid}`, { mobile: second }, { token });
    await app.post(ASK, {}, { token });
    expect((await app.post(CONFIRM, { code: (await newest(second)).secretCode }, { token })).status).toBe(200);
    await api().send('PATCH', `/user/${uuid}`, { mobile: third }, { token });
    expect(await stateOf(uuid)).toEqual({ mobile_key: third, proven: false, recovery_mobile: null });
    expect(await resetsTo(uuid, second, third, username)).toEqual([]);
  });

  it('is wiped by nobody without a proof, and found before an account that has not proven it', async () => {
    const { uuid, username, e164, thiefs } = await moved();
    await register(app, { mobile: e164, email: freshEmail() });
    await register(app, { mobile: thiefs, email: freshEmail() });
    expect(await stateOf(uuid)).toEqual({ mobile_key: null, proven: false, recovery_mobile: e164 });
    expect(await resetsTo(uuid, username, e164)).toEqual([e164]);
  });

  it('ends when the owner proves the new number, by the password or a session of /v1', async () => {
    const one = await moved();
    expect((await app.post(CLAIM, { mobile: one.thiefs, code: one.code, password: one.password })).status).toBe(200);
    expect(await stateOf(one.uuid)).toEqual({ mobile_key: one.thiefs, proven: true, recovery_mobile: null });
    const two = await moved();
    const { accessToken } = await signIn(app, two.username, two.password);
    expect((await app.post(CONFIRM, { code: two.code }, { token: accessToken })).status).toBe(200);
    expect(await stateOf(two.uuid)).toEqual({ mobile_key: two.thiefs, proven: true, recovery_mobile: null });
    expect(await resetsTo(two.uuid, two.thiefs)).toEqual([two.thiefs]);
  });

  it('is missed by nobody who had no number: one that a contract’s session added and proved is no place for a reset', async () => {
    const { uuid, username, token } = await flow.signedIn();
    await app.rows('UPDATE users SET mobile = NULL, mobile_key = NULL WHERE id = $1', [uuid]);
    const thiefs = freshNumber();
    await api().send('PATCH', `/user/${uuid}`, { mobile: thiefs }, { token });
    await app.post(ASK, {}, { token });
    expect((await app.post(CONFIRM, { code: (await newest(thiefs)).secretCode }, { token })).status).toBe(200);
    expect(await resetsTo(uuid, thiefs, username)).toEqual([]);
  });

  it('keeps whoever reads a mistyped number from the account', async () => {
    const account = await owned();
    const token = (await signIn(app, account.username, account.password)).accessToken;
    const mistyped = freshNumber();
    const change = { mobile: mistyped, currentPassword: account.password };
    expect((await app.call('PUT', '/v1/users/me/mobile', { body: change, token })).status).toBe(200);
    await app.post(ASK, {}, { token });
    const { secretCode: code } = await newest(mistyped);
    expect(seen(await app.post(CLAIM, { mobile: mistyped, code, newPassword: NEW_PASSWORD }))).toEqual([401, 'auth.proof_required']);
  });

  it('is the number again when somebody else proves the new one, and gone when somebody else proves it', async () => {
    const one = await moved();
    await app.post('/v1/auth/register', { mobile: one.thiefs, password: PASSWORD });
    expect(await stateOf(one.uuid)).toEqual({ mobile_key: one.e164, proven: true, recovery_mobile: null });
    const two = await moved();
    const other = await register(app, { mobile: two.e164, email: freshEmail() });
    const { accessToken } = await signIn(app, other.email);
    await app.post(ASK, {}, { token: accessToken });
    const { secretCode } = await newest(two.e164, two.text);
    expect((await app.post(CONFIRM, { code: secretCode }, { token: accessToken })).status).toBe(200);
    expect(await stateOf(two.uuid)).toEqual({ mobile_key: two.thiefs, proven: false, recovery_mobile: null });
  });

  it('goes with the number when the owner removes that', async () => {
    const one = await moved();
    const { accessToken: token } = await signIn(app, one.username, one.password);
    expect((await app.call('DELETE', '/v1/users/me/mobile', { body: { currentPassword: one.password }, token })).status).toBe(204);
    expect(await stateOf(one.uuid)).toEqual({ mobile_key: null, proven: false, recovery_mobile: null });
  });

  it('is where a reset goes when an address was added and proven by its mailbox alone', async () => {
    const { uuid, username, token, e164 } = await owned();
    const email = freshEmail('added');
    expect((await api().send('PATCH', `/user/${uuid}`, { email }, { token })).status).toBe(200);
    const { secretCode: code } = await newest(email);
    expect((await app.post('/v1/auth/email/verification/confirm', { email, code }, { token })).status).toBe(200);
    expect(await resetsTo(uuid, email, username, e164)).toEqual([e164]);
  });

  it('is not needed where a number is proven: the unproven address of that account is no place for a reset', async () => {
    const mobile = freshNumber();
    const { id, email } = await register(app, { mobile });
    const { accessToken: token } = await signIn(app, email);
    await app.post(ASK, {}, { token });
    expect((await app.post(CONFIRM, { code: (await newest(mobile)).secretCode }, { token })).status).toBe(200);
    expect(await resetsTo(id, email, mobile)).toEqual([mobile]);
  });

  it('is shown to administrators, who force no reset where no address is the owner’s', async () => {
    const { uuid, token, e164, thiefs } = await moved();
    const admin = await signedInAs(app, 'admin');
    const shown = await app.get(`/v1/users/${uuid}`, { token: admin.accessToken });
    expect(shown.body).toMatchObject({ mobile: thiefs, mobileVerified: false, recoveryMobile: e164 });
    await api().send('PATCH', `/user/${uuid}`, { email: freshEmail('thief') }, { token });
    const forced = await app.post(`/v1/users/${uuid}/password-reset`, {}, { token: admin.accessToken });
    expect(seen(forced)).toEqual([409, 'user.email_missing']);
    expect((await app.get('/v1/users/me', { token })).status).toBe(200);
  });
});
