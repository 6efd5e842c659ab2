import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD } from '../../../test/support/accounts.js';
import { createClient, memoryStorage } from '../src/index.js';
import { startSdk } from './support/sdk.js';

describe('two accounts in one browser', () => {
  let sdk: Awaited<ReturnType<typeof startSdk>>;
  beforeAll(async () => {
    sdk = await startSdk();
  });
  afterAll(() => sdk.app.stop());

  it('are never mixed: a request of the first is not repeated as the second', async () => {
    const shared = memoryStorage();
    const first = await sdk.signedIn(sdk.make(shared));
    const second = await sdk.signedUp();
    // Another tab changes accounts after this tab has sent its request, and before the answer is here.
    const sent: (string | null)[] = [];
    const slow: typeof globalThis.fetch = async (input, init) => {
      const request = new Request(input, init);
      if (request.method !== 'PATCH') return globalThis.fetch(request);
      sent.push(request.headers.get('authorization'));
      const other = createClient({ url: sdk.url, storage: shared });
      await other.auth.signInWithPassword({ identifier: second.email, password: PASSWORD });
      return globalThis.fetch(request);
    };
    const { error } = await createClient({ url: sdk.url, storage: shared, fetch: slow }).profile.update({ firstName: 'Ada' });
    expect(error?.code).toBe('client.session_changed');
    expect(sent).toEqual([`Bearer ${first.session.accessToken}`]);
    const now = await createClient({ url: sdk.url, storage: shared }).auth.getUser();
    expect(now.data?.user).toMatchObject({ email: second.email, firstName: null });
  });

  it('have one session: signing in again ends the former one, also for somebody who holds its tokens', async () => {
    const made = await sdk.signedIn();
    const former = made.session;
    await made.client.auth.signInWithPassword({ identifier: made.email, password: PASSWORD });
    expect((await sdk.app.get('/v1/users/me', { token: former.accessToken })).body.code).toBe('token.revoked');
    expect((await made.client.sessions.list()).data).toHaveLength(1);
  });
});
