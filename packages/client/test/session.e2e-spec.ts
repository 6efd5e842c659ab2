import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD } from '../../../test/support/accounts.js';
import { poll } from '../../../test/support/poll.js';
import { sidOf } from '../../../test/support/tokens.js';
import { type Session, createClient, memoryStorage } from '../src/index.js';
import { NEW_PASSWORD, age, startSdk } from './support/sdk.js';

describe('a session of the SDK', () => {
  let sdk: Awaited<ReturnType<typeof startSdk>>;
  beforeAll(async () => void (sdk = await startSdk()));
  afterAll(() => sdk.app.stop());

  describe('refreshes', () => {
    it('once, however many ask', async () => {
      const { client, sent, storage, session } = await sdk.signedIn();
      await age(storage);
      sent.length = 0;
      const users = await Promise.all(Array.from({ length: 20 }, () => client.auth.getUser()));
      expect(users.every(({ error }) => error === null)).toBe(true);
      expect(sent.filter((each) => each.endsWith('/refresh'))).toHaveLength(1);
      expect((await client.auth.getSession()).data?.session?.refreshToken).not.toBe(session.refreshToken);
    });

    it('and sends again what was refused for its token', async () => {
      const { client, sent, storage, session } = await sdk.signedIn();
      await age(storage, { accessToken: `${session.accessToken.slice(0, -8)}AAAAAAAA` });
      sent.length = 0;
      const { data } = await client.profile.update({ firstName: 'Ada' });
      expect(data?.user.firstName).toBe('Ada');
      expect(sent).toEqual(['PATCH /v1/users/me', 'POST /v1/auth/refresh', 'PATCH /v1/users/me']);
    });

    it('not for a wrong password', async () => {
      const { client, sent } = await sdk.signedIn();
      sent.length = 0;
      const { error } = await client.profile.changePassword({ currentPassword: 'wrong', newPassword: NEW_PASSWORD });
      expect(error?.code).toBe('auth.bad_credentials');
      expect(sent).toEqual(['PUT /v1/auth/password']);
    });

    it('and tells when the session has ended elsewhere', async () => {
      const { client, email, events, watch } = await sdk.signedIn();
      watch();
      await poll('the first call', () => events[0]);
      const other = createClient({ url: sdk.url, storage: memoryStorage() });
      await other.auth.signInWithPassword({ identifier: email, password: PASSWORD });
      await other.sessions.revokeOthers();
      expect((await client.auth.getUser()).error?.code).toBe('token.revoked');
      expect(events).toEqual([
        ['initial', email],
        ['signed-out', null],
      ]);
      expect((await client.auth.getSession()).data).toEqual({ session: null });
    });

    it('later when the server is away, and signs nobody out', async () => {
      const { storage, email } = await sdk.signedIn();
      await age(storage);
      const offline = createClient({ url: sdk.url, storage, fetch: () => Promise.reject(new TypeError('fetch failed')) });
      expect((await offline.auth.getSession()).error?.code).toBe('client.unreachable');
      const back = createClient({ url: sdk.url, storage });
      expect((await back.auth.getSession()).data?.session?.user.email).toBe(email);
    });

    it('later when something else answers, and loses nothing', async () => {
      const { storage, email } = await sdk.signedIn();
      await age(storage);
      for (const answer of [new Response(null, { status: 204 }), Response.json({ message: 'Maintenance' })]) {
        const behind = createClient({ url: sdk.url, storage, fetch: async () => answer });
        expect((await behind.auth.getSession()).error?.code).toBe('client.unexpected_answer');
      }
      expect((await sdk.make(storage).client.auth.getUser()).data?.user.email).toBe(email);
    });

    it('again under the same name when the answer got lost, and keeps the session however late that is', async () => {
      const { storage, session, email } = await sdk.signedIn();
      await age(storage);
      const bodies: { attemptKey?: string; refreshToken?: string }[] = [];
      const lossy: typeof globalThis.fetch = async (input, init) => {
        const request = new Request(input, init);
        bodies.push((await request.clone().json()) as object);
        await globalThis.fetch(request);
        throw new TypeError('the line was lost');
      };
      expect((await createClient({ url: sdk.url, storage, fetch: lossy }).auth.getSession()).error?.code).toBe('client.unreachable');
      await sdk.app.rows("UPDATE sessions SET rotated_at = now() - interval '3 days' WHERE id = $1", [sidOf(session.accessToken)]);

      // The app was restarted meanwhile.
      const { client, sent } = sdk.make(storage);
      expect((await client.auth.getUser()).data?.user.email).toBe(email);
      expect(sent).toContain('POST /v1/auth/refresh');
      const kept = JSON.parse(String(await storage.get())) as Session;
      expect(bodies).toEqual([
        expect.objectContaining({ refreshToken: session.refreshToken, attemptKey: expect.stringMatching(/^[\da-f]{32}$/) }),
      ]);
      // The next attempt has another name.
      expect(kept.attemptKey).not.toBe(bodies[0]?.attemptKey);
      expect(kept.refreshToken).not.toBe(session.refreshToken);
      await age(storage);
      await createClient({ url: sdk.url, storage, fetch: lossy }).auth.getSession();
      expect(bodies[1]?.attemptKey).not.toBe(bodies[0]?.attemptKey);
    });

    it('for as long as one likes when the storage takes nothing any more, and other tabs and later pages go on', async () => {
      const storage = memoryStorage();
      const { client, session, email } = await sdk.signedIn(sdk.make(storage));
      const full = { ...storage, set: () => Promise.reject(new Error('full')) };
      const told: (string | undefined)[] = [];
      const crowded = createClient({ url: sdk.url, storage: full });
      crowded.auth.onAuthStateChange((event, _session, error) => void told.push(event === 'storage-failed' ? error?.code : undefined));
      for (let day = 1; day <= 3; day += 1) {
        expect((await crowded.auth.refresh()).error).toBeNull();
        await sdk.app.rows("UPDATE sessions SET rotated_at = now() - interval '1 day' WHERE id = $1", [sidOf(session.accessToken)]);
      }
      expect((await crowded.auth.getUser()).data?.user.email).toBe(email);
      expect(told).toContain('client.storage_failed');
      await age(storage);
      expect((await client.auth.getUser()).data?.user.email).toBe(email);
    });

    it('without losing a session that the storage never took', async () => {
      const storage = { ...memoryStorage(), set: () => Promise.reject(new Error('full')) };
      const { client, email } = await sdk.signedIn(sdk.make(storage));
      for (let time = 1; time <= 3; time += 1) expect((await client.auth.refresh()).error).toBeNull();
      expect((await client.auth.getUser()).data?.user.email).toBe(email);
    });

    it('with the account, which a small storage does not hold and another device may change', async () => {
      const { client, storage, email } = await sdk.signedIn(sdk.make({ ...memoryStorage(), maxLength: 1_200 }));
      expect(String(await storage.get())).not.toContain(email);
      const other = createClient({ url: sdk.url, storage: memoryStorage() });
      await other.auth.signInWithPassword({ identifier: email, password: PASSWORD });
      await other.profile.update({ firstName: 'Ada', metadata: { notes: 'x'.repeat(4_000) } });
      expect((await client.auth.refresh()).data?.session.user.firstName).toBe('Ada');
      const reopened = createClient({ url: sdk.url, storage });
      expect((await reopened.auth.getSession()).data?.session?.user.firstName).toBe('Ada');
    });

    it('with listeners that use the client, which would hang under the lock', async () => {
      const { client, storage } = await sdk.signedIn();
      await age(storage);
      const seen = new Promise<string>((resolve) => {
        client.auth.onAuthStateChange(() => {
          void client.auth.refresh().then(({ data }) => resolve(String(data?.session.user.email)));
        });
      });
      expect(await seen).toContain('@');
    });
  });

  describe('signing out without a server', () => {
    const down: typeof globalThis.fetch = () => Promise.reject(new TypeError('fetch failed'));

    it('forgets the tokens, and says that the server does not know', async () => {
      const { storage } = await sdk.signedIn();
      const client = createClient({ url: sdk.url, storage, fetch: down });
      expect((await client.auth.signOut()).error?.code).toBe('client.unreachable');
      expect((await client.auth.getSession()).data).toEqual({ session: null });
    });

    it('changes nothing in cookie mode, where the cookie would bring the session back', async () => {
      const { storage, email } = await sdk.signedIn();
      const client = createClient({ url: sdk.url, storage, fetch: down, mode: 'cookie' });
      expect((await client.auth.signOut()).error?.code).toBe('client.unreachable');
      expect((await client.auth.getSession()).data?.session?.user.email).toBe(email);
    });
  });
});
