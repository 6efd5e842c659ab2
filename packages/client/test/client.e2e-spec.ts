import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, freshEmail } from '../../../test/support/accounts.js';
import { poll } from '../../../test/support/poll.js';
import { createClient, memoryStorage } from '../src/index.js';
import { listBooks } from '../src/operations.js';
import { NEW_PASSWORD, startSdk } from './support/sdk.js';

describe('the SDK', () => {
  let sdk: Awaited<ReturnType<typeof startSdk>>;
  beforeAll(async () => void (sdk = await startSdk()));
  afterAll(() => sdk.app.stop());

  it('takes somebody from signing up to signing out', async () => {
    const { client, email, events, watch } = await sdk.signedUp();
    watch();
    const { secretCode } = await sdk.app.mailbox.newest(email);
    const confirmed = await client.auth.confirmEmail({ email, code: secretCode });
    expect(confirmed.data?.user).toMatchObject({ email, emailVerified: true });

    const signedInNow = await client.auth.signInWithPassword({ identifier: email, password: PASSWORD });
    expect(signedInNow.data?.user.email).toBe(email);
    expect((await client.auth.getUser()).data?.user.email).toBe(email);
    expect((await client.auth.getSession()).data?.session).toEqual(signedInNow.data?.session);

    expect(await client.auth.signOut()).toEqual({ data: null, error: null });
    expect((await client.auth.getSession()).data).toEqual({ session: null });
    expect((await client.auth.getUser()).error?.code).toBe('client.signed_out');
    const { accessToken } = signedInNow.data!.session;
    expect((await sdk.app.get('/v1/users/me', { token: accessToken })).body.code).toBe('token.revoked');
    expect(events).toEqual([
      ['initial', null],
      ['signed-in', email],
      ['signed-out', null],
    ]);
  });

  it('sets a forgotten password by the mailed code', async () => {
    const { client, email } = await sdk.signedUp();
    const confirmation = await sdk.app.mailbox.newest(email);
    expect((await client.auth.forgotPassword({ identifier: email })).error).toBeNull();
    const { secretCode } = await sdk.app.mailbox.newest(email, confirmation);
    expect((await client.auth.resetPassword({ identifier: email, code: secretCode, newPassword: NEW_PASSWORD })).error).toBeNull();
    const { data } = await client.auth.signInWithPassword({ identifier: email, password: NEW_PASSWORD });
    expect(data?.user.emailVerified).toBe(true);
  });

  describe('gives failures as values', () => {
    it('with the code, the fields and the request id of the server', async () => {
      const { client } = sdk.make();
      const { data, error } = await client.auth.signUp({ email: freshEmail(), password: 'short' });
      expect(data).toBeNull();
      expect(error).toMatchObject({ code: 'request.invalid', status: 422, requestId: expect.any(String) });
      expect(error?.fields[0]).toMatchObject({ pointer: '/password', rule: 'password.too_short' });
      const wrong = await client.auth.signInWithPassword({ identifier: 'nobody@example.com', password: PASSWORD });
      expect(wrong.error?.code).toBe('auth.bad_credentials');
    });
  });

  it('manages sessions, profile and picture', async () => {
    const { client, email, events, watch } = await sdk.signedIn();
    watch();
    await poll('the first call', () => events[0]);
    const other = createClient({ url: sdk.url, storage: memoryStorage() });
    await other.auth.signInWithPassword({ identifier: email, password: PASSWORD });
    const { data: sessions } = await client.sessions.list();
    expect(sessions).toHaveLength(2);
    expect((await client.sessions.revoke(sessions?.[1]?.id ?? '')).error).toBeNull();
    expect((await other.auth.getUser()).error).not.toBeNull();

    const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
    const pictured = await client.profile.setAvatar(new Blob([png], { type: 'image/png' }));
    expect(pictured.data?.user.avatar?.url).toMatch(/\.jpg$/);
    expect((await client.profile.removeAvatar()).data?.user.avatar).toBeNull();
    expect(events.map(([event]) => event)).toEqual(['initial', 'user-updated', 'user-updated']);

    expect((await client.profile.changePassword({ currentPassword: PASSWORD, newPassword: NEW_PASSWORD })).error).toBeNull();
    expect((await client.auth.getSession()).data).toEqual({ session: null });
    await client.auth.signInWithPassword({ identifier: email, password: NEW_PASSWORD });
    expect((await client.profile.delete({ password: NEW_PASSWORD })).error).toBeNull();
    expect((await client.auth.signInWithPassword({ identifier: email, password: NEW_PASSWORD })).error?.code).toBe('auth.bad_credentials');
  });

  it('calls every other operation with the session', async () => {
    const { client } = await sdk.signedIn();
    const { data } = await listBooks({ client: client.api });
    expect(data?.data).toEqual([]);
    const stranger = await listBooks({ client: sdk.make().client.api });
    expect(stranger.error).toMatchObject({ code: 'client.signed_out' });
  });
});
