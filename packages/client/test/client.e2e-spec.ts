import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PASSWORD, freshEmail } from '../../../test/support/accounts.js';
import { poll } from '../../../test/support/poll.js';
import { sidOf } from '../../../test/support/tokens.js';
import { type TestApp, startApp } from '../../../test/support/start-app.js';
import { type AuthEvent, type Session, type SessionStorage, cookieStorage, createClient, memoryStorage } from '../src/index.js';
import { listBooks } from '../src/operations.js';

const NEW_PASSWORD = 'seven calm rivers run';

describe('the SDK', () => {
  let app: TestApp;
  let url: string;
  beforeAll(async () => {
    app = await startApp();
    await app.nest.listen(0, '127.0.0.1');
    url = await app.nest.getUrl();
  });
  afterAll(() => app.stop());

  /** A client that counts what it sends. */
  const make = (storage: SessionStorage = memoryStorage()) => {
    const sent: string[] = [];
    const fetch: typeof globalThis.fetch = (input, init) => {
      const request = new Request(input, init);
      sent.push(`${request.method} ${new URL(request.url).pathname}`);
      return globalThis.fetch(request);
    };
    const client = createClient({ url, storage, fetch });
    const events: [AuthEvent, string | null][] = [];
    return {
      client,
      sent,
      storage,
      events,
      watch: () => client.auth.onAuthStateChange((event, session) => events.push([event, session?.user.email ?? null])),
    };
  };

  const signedUp = async (made = make()) => {
    const email = freshEmail('sdk');
    const { error } = await made.client.auth.signUp({ email, password: PASSWORD });
    expect(error).toBeNull();
    return { ...made, email };
  };

  const signedIn = async (made = make()) => {
    const user = await signedUp(made);
    const { data } = await user.client.auth.signInWithPassword({ identifier: user.email, password: PASSWORD });
    return { ...user, session: data!.session };
  };

  /** Makes the stored access token one that has just expired. */
  const age = async (storage: SessionStorage, changes: Partial<Session> = { expiresAt: Date.now() - 1 }): Promise<void> => {
    await storage.set(JSON.stringify({ ...JSON.parse(String(await storage.get())), ...changes }));
  };

  it('takes somebody from signing up to signing out', async () => {
    const { client, email, events, watch } = await signedUp();
    watch();
    const { secretCode } = await app.mailbox.newest(email);
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
    expect((await app.get('/v1/users/me', { token: accessToken })).body.code).toBe('token.revoked');
    expect(events).toEqual([
      ['initial', null],
      ['signed-in', email],
      ['signed-out', null],
    ]);
  });

  it('sets a forgotten password by the mailed code', async () => {
    const { client, email } = await signedUp();
    const confirmation = await app.mailbox.newest(email);
    expect((await client.auth.forgotPassword({ identifier: email })).error).toBeNull();
    const { secretCode } = await app.mailbox.newest(email, confirmation);
    expect((await client.auth.resetPassword({ identifier: email, code: secretCode, newPassword: NEW_PASSWORD })).error).toBeNull();
    const { data } = await client.auth.signInWithPassword({ identifier: email, password: NEW_PASSWORD });
    expect(data?.user.emailVerified).toBe(true);
  });

  describe('gives failures as values', () => {
    it('with the code, the fields and the request id of the server', async () => {
      const { client } = make();
      const { data, error } = await client.auth.signUp({ email: freshEmail(), password: 'short' });
      expect(data).toBeNull();
      expect(error).toMatchObject({ code: 'request.invalid', status: 422, requestId: expect.any(String) });
      expect(error?.fields[0]).toMatchObject({ pointer: '/password', rule: 'password.too_short' });
      const wrong = await client.auth.signInWithPassword({ identifier: 'nobody@example.com', password: PASSWORD });
      expect(wrong.error?.code).toBe('auth.bad_credentials');
    });

    it('also when there is no server, none that answers, or another one', async () => {
      const fail = async (fetch: typeof globalThis.fetch) =>
        (await createClient({ url, fetch }).auth.forgotPassword({ identifier: 'ada@example.com' })).error?.code;
      expect(await fail(() => Promise.reject(new TypeError('fetch failed')))).toBe('client.unreachable');
      expect(await fail(() => Promise.reject(new DOMException('late', 'TimeoutError')))).toBe('client.timeout');
      expect(await fail(async () => new Response('<h1>Bad gateway</h1>', { status: 502 }))).toBe('client.unexpected_answer');
    });

    it('and waits for nothing for ever', async () => {
      const soon = AbortSignal.timeout(20);
      const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(soon);
      const fetch: typeof globalThis.fetch = (input) => {
        const { signal } = input as Request;
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
      };
      const { error } = await createClient({ url, fetch }).auth.forgotPassword({ identifier: 'ada@example.com' });
      expect(error?.code).toBe('client.timeout');
      expect(timeout).toHaveBeenCalledWith(10_000);
      timeout.mockRestore();
    });
  });

  describe('refreshes', () => {
    it('once, however many ask', async () => {
      const { client, sent, storage, session } = await signedIn();
      await age(storage);
      sent.length = 0;
      const users = await Promise.all(Array.from({ length: 20 }, () => client.auth.getUser()));
      expect(users.every(({ error }) => error === null)).toBe(true);
      expect(sent.filter((each) => each.endsWith('/refresh'))).toHaveLength(1);
      expect((await client.auth.getSession()).data?.session?.refreshToken).not.toBe(session.refreshToken);
    });

    it('and sends again what was refused for its token', async () => {
      const { client, sent, storage, session } = await signedIn();
      await age(storage, { accessToken: `${session.accessToken.slice(0, -8)}AAAAAAAA` });
      sent.length = 0;
      const { data } = await client.profile.update({ firstName: 'Ada' });
      expect(data?.user.firstName).toBe('Ada');
      expect(sent).toEqual(['PATCH /v1/users/me', 'POST /v1/auth/refresh', 'PATCH /v1/users/me']);
    });

    it('not for a wrong password', async () => {
      const { client, sent } = await signedIn();
      sent.length = 0;
      const { error } = await client.profile.changePassword({ currentPassword: 'wrong', newPassword: NEW_PASSWORD });
      expect(error?.code).toBe('auth.bad_credentials');
      expect(sent).toEqual(['PUT /v1/auth/password']);
    });

    it('and tells when the session has ended elsewhere', async () => {
      const { client, email, events, watch } = await signedIn();
      watch();
      await poll('the first call', () => events[0]);
      const other = createClient({ url, storage: memoryStorage() });
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
      const { storage, email } = await signedIn();
      await age(storage);
      const offline = createClient({ url, storage, fetch: () => Promise.reject(new TypeError('fetch failed')) });
      expect((await offline.auth.getSession()).error?.code).toBe('client.unreachable');
      const back = createClient({ url, storage });
      expect((await back.auth.getSession()).data?.session?.user.email).toBe(email);
    });

    it('again under the same name when the answer got lost, and keeps the session however late that is', async () => {
      const { storage, session, email } = await signedIn();
      await age(storage);
      const bodies: { attemptKey?: string; refreshToken?: string }[] = [];
      const lossy: typeof globalThis.fetch = async (input, init) => {
        const request = new Request(input, init);
        bodies.push((await request.clone().json()) as object);
        await globalThis.fetch(request);
        throw new TypeError('the line was lost');
      };
      expect((await createClient({ url, storage, fetch: lossy }).auth.getSession()).error?.code).toBe('client.unreachable');
      await app.rows("UPDATE sessions SET rotated_at = now() - interval '3 days' WHERE id = $1", [sidOf(session.accessToken)]);

      // The app was restarted meanwhile.
      const { client, sent } = make(storage);
      expect((await client.auth.getUser()).data?.user.email).toBe(email);
      expect(sent).toContain('POST /v1/auth/refresh');
      const kept = JSON.parse(String(await storage.get())) as Session;
      expect(bodies).toEqual([
        expect.objectContaining({ refreshToken: session.refreshToken, attemptKey: expect.stringMatching(/^[\da-f]{32}$/) }),
      ]);
      // The next attempt has another name.
      expect(kept.attemptKey).toBeUndefined();
      expect(kept.refreshToken).not.toBe(session.refreshToken);
      await age(storage);
      await createClient({ url, storage, fetch: lossy }).auth.getSession();
      expect(bodies[1]?.attemptKey).not.toBe(bodies[0]?.attemptKey);
    });

    it('without losing a session that the storage does not take', async () => {
      const storage = { ...memoryStorage(), set: () => Promise.reject(new Error('full')) };
      const { client, email } = await signedIn(make(storage));
      expect((await client.auth.refresh()).error).toBeNull();
      expect((await client.auth.getUser()).data?.user.email).toBe(email);
    });

    it('with listeners that use the client, which would hang under the lock', async () => {
      const { client, storage } = await signedIn();
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
      const { storage } = await signedIn();
      const client = createClient({ url, storage, fetch: down });
      expect((await client.auth.signOut()).error?.code).toBe('client.unreachable');
      expect((await client.auth.getSession()).data).toEqual({ session: null });
    });

    it('changes nothing in cookie mode, where the cookie would bring the session back', async () => {
      const { storage, email } = await signedIn();
      const client = createClient({ url, storage, fetch: down, mode: 'cookie' });
      expect((await client.auth.signOut()).error?.code).toBe('client.unreachable');
      expect((await client.auth.getSession()).data?.session?.user.email).toBe(email);
    });
  });

  it('manages sessions, profile and picture', async () => {
    const { client, email, events, watch } = await signedIn();
    watch();
    await poll('the first call', () => events[0]);
    const other = createClient({ url, storage: memoryStorage() });
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
    const { client } = await signedIn();
    const { data } = await listBooks({ client: client.api });
    expect(data?.data).toEqual([]);
    const stranger = await listBooks({ client: make().client.api });
    expect(stranger.error).toMatchObject({ code: 'access.unauthenticated' });
  });

  it('keeps the session in a cookie on servers that render pages', async () => {
    const cookies = new Map<string, string>();
    const jar = {
      get: (name: string) => cookies.get(name),
      set: (name: string, value: string) => void cookies.set(name, value),
      remove: (name: string) => void cookies.delete(name),
    };
    const { email } = await signedIn(make(cookieStorage(jar)));
    expect(cookies.get('latchkey')).toMatch(/^[\w.%~!*'()-]+$/);
    const next = createClient({ url, storage: cookieStorage(jar) });
    expect((await next.auth.getUser()).data?.user.email).toBe(email);
    await next.auth.signOut();
    expect(cookies.size).toBe(0);
  });
});
