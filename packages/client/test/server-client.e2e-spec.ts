import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PASSWORD, freshEmail, register } from '../../../test/support/accounts.js';
import { type TestApp, sharedApp } from '../../../test/support/start-app.js';
import { type ServerCookies, createServerClient } from '../src/server.js';
import { type ServerClient, createWebAdapter } from '../src/web.js';
import { BrowserCookies } from './support/browser-cookies.js';

describe('the client on a server that renders pages', () => {
  let app: TestApp;
  let url: string;
  beforeAll(async () => {
    app = await sharedApp();
    url = await app.listen();
  });
  afterAll(() => app.stop());

  let browser: BrowserCookies;
  let sent: string[];
  let isAway: boolean;
  beforeEach(() => {
    [browser, sent, isAway] = [new BrowserCookies(), [], false];
  });

  const counting: typeof globalThis.fetch = (input, init) => {
    const request = new Request(input, init);
    sent.push(`${request.method} ${new URL(request.url).pathname}`);
    return isAway ? Promise.reject(new TypeError('fetch failed')) : globalThis.fetch(request);
  };

  /** What a page load of the browser does; `arrive` is the response reaching it. */
  const load = async <T>(work: (client: ServerClient) => Promise<T>, headers: Record<string, string> = {}) => {
    const request = new Request('https://app.example.com/', { headers: { cookie: browser.header, ...headers } });
    let result: T | undefined;
    const response = await createWebAdapter({ url, fetch: counting }).handle(request, async (client) => {
      result = await work(client);
      return new Response('page');
    });
    return { result: result as T, response, arrive: () => browser.takeFrom(response) };
  };
  const loaded = async <T>(work: (client: ServerClient) => Promise<T>): Promise<T> => {
    const { result, arrive } = await load(work);
    arrive();
    return result;
  };
  /** A client that reads the browser's cookies and cannot set any. */
  const render = (setAll?: ServerCookies['setAll']) =>
    createServerClient({ url, fetch: counting, cookies: { getAll: () => browser.all, ...(setAll === undefined ? {} : { setAll }) } });
  const whoIs = async (client: ServerClient) => (await client.auth.getUser()).data?.user.email ?? null;
  const refreshes = () => sent.filter((each) => each === 'POST /v1/auth/refresh').length;
  const sessionsOf = async (email: string) =>
    app.rows<{ id: string; ended: string | null }>(
      'SELECT s.id, s.revoke_reason AS ended FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = $1 ORDER BY s.id',
      [email],
    );

  const signedUp = async () => (await register(app)).email;
  const signIn = (email: string) => loaded((client) => client.auth.signInWithPassword({ identifier: email, password: PASSWORD }));
  const signedIn = async (): Promise<string> => {
    const email = await signedUp();
    expect((await signIn(email)).error).toBeNull();
    sent = [];
    return email;
  };
  /** As if the answer had been given so long ago that the server repeats it for its own attempt only. */
  const pass = (days: number) => app.rows(`UPDATE sessions SET rotated_at = now() - interval '${days} days'`);

  it('signs in, knows who it is on the next page, and signs out', async () => {
    const email = await signedIn();
    expect(await loaded(whoIs)).toBe(email);
    expect(await whoIs(render())).toBe(email);
    expect(await loaded((client) => client.auth.signOut())).toEqual({ data: null, error: null });
    expect(browser.all).toEqual([]);
    expect((await loaded((client) => client.auth.getSession())).data).toEqual({ session: null });
    expect(await sessionsOf(email)).toMatchObject([{ ended: 'sign-out' }]);
  });

  it('keeps the proof of registering until the code comes in another request', async () => {
    const email = freshEmail('ssr');
    expect((await loaded((client) => client.auth.signUp({ email, password: PASSWORD }))).error).toBeNull();
    const { secretCode: code } = await app.mailbox.newest(email);
    const stranger = createServerClient({ url, cookies: { getAll: () => [] } });
    expect((await stranger.auth.confirmEmail({ email, code })).error?.code).toBe('auth.proof_required');
    expect((await loaded((client) => client.auth.confirmEmail({ email, code }))).data?.user).toMatchObject({ email, emailVerified: true });
    expect(browser.all).toEqual([]);
  });

  it('shows pages neither the refresh token nor the key', async () => {
    const email = await signedUp();
    const { data } = await signIn(email);
    expect(Object.keys(data?.session ?? {}).sort()).toEqual(['accessToken', 'expiresAt']);
    expect(JSON.stringify([data, await loaded((client) => client.auth.getSession())])).not.toContain('lkr_');
  });

  it('signs in an account with 8 KiB of metadata, in cookies of 1.6 kB', async () => {
    const email = await signedIn();
    const metadata = { notes: 'n'.repeat(8_192 - '{"notes":""}'.length) };
    expect((await loaded((client) => client.profile.update({ metadata }))).error).toBeNull();
    expect((await signIn(email)).data?.user.metadata).toEqual(metadata);
    expect((await loaded((client) => client.auth.getUser())).data?.user).toMatchObject({ email, metadata });
    expect(browser.header.length).toBeLessThan(1_600);
  });

  it('gives responses with cookies to no cache', async () => {
    const email = await signedUp();
    const { response } = await load((client) => client.auth.signInWithPassword({ identifier: email, password: PASSWORD }));
    expect(response.headers.get('cache-control')).toBe('private, no-store');
    expect(response.headers.get('vary')).toBe('Cookie');
    for (const cookie of response.headers.getSetCookie()) expect(cookie).toMatch(/^__Host-.*; Path=\/; .*HttpOnly; SameSite=Lax; Secure$/);
    const handed = await createWebAdapter({ url }).handle(new Request(url), () => Response.redirect('https://app.example.com/'));
    expect([handed.status, handed.headers.get('vary')]).toEqual([302, 'Cookie']);
  });

  it('refreshes before it renders, once, and the render has the new token', async () => {
    const email = await signedIn();
    browser.age();
    const { result, arrive } = await load(async (client) => [await whoIs(client), await whoIs(client)]);
    expect([result, refreshes()]).toEqual([[email, email], 1]);
    arrive();
    expect(await whoIs(render())).toBe(email);
    expect(refreshes()).toBe(1);
  });

  it.each([
    ['has no response', undefined],
    [
      'may set no cookies',
      () => {
        throw new Error('only in a Server Action or Route Handler');
      },
    ],
  ])('spends no token in a render that %s', async (_, setAll) => {
    const email = await signedIn();
    browser.age();
    expect((await render(setAll).auth.getSession()).error?.code).toBe('client.refresh_needed');
    expect((await render(setAll).auth.getUser()).error?.code).toBe('client.refresh_needed');
    expect(sent).toEqual([]);
    expect(await loaded(whoIs)).toBe(email);
  });

  it('keeps the session when page loads are cancelled after the refresh, however late the next one comes', async () => {
    const email = await signedIn();
    for (const days of [3, 9]) {
      browser.age();
      expect((await load(whoIs)).result).toBe(email);
      expect((await load(whoIs)).result).toBe(email);
      await pass(days);
      expect(await loaded(whoIs)).toBe(email);
    }
    expect(refreshes()).toBe(6);
    expect(await sessionsOf(email)).toMatchObject([{ ended: null }]);
  });

  it('ends the session for a thief who has an old refresh token without the key', async () => {
    const email = await signedIn();
    const stolen = /lkr_[\w-]+/.exec(browser.header)?.[0];
    browser.age();
    await loaded(whoIs);
    await pass(1);
    expect((await app.post('/v1/auth/refresh', { refreshToken: stolen, attemptKey: 'a'.repeat(64) })).body.code).toBe(
      'refresh_token.reused',
    );
    expect(await sessionsOf(email)).toMatchObject([{ ended: 'reuse' }]);
    browser.age();
    expect((await loaded((client) => client.auth.getSession())).data).toEqual({ session: null });
  });

  it.each(['first', 'last'])('keeps the session when several loads refresh at once, and the answer of the %s comes last', async (which) => {
    const email = await signedIn();
    browser.age();
    const loads = await Promise.all(Array.from({ length: 5 }, () => load(whoIs)));
    expect(loads.map(({ result }) => result)).toEqual(Array.from({ length: 5 }, () => email));
    for (const { arrive } of which === 'last' ? loads : loads.toReversed()) arrive();
    browser.age();
    expect(await loaded(whoIs)).toBe(email);
    await pass(1);
    expect(await loaded(whoIs)).toBe(email);
  });

  it('ends a session that no cookie can keep, and the one from before when somebody signs in again', async () => {
    const email = await signedUp();
    const refusing = render(() => {
      throw new Error('headers sent');
    });
    expect((await refusing.auth.signInWithPassword({ identifier: email, password: PASSWORD })).error?.code).toBe('client.storage_failed');
    await signIn(email);
    await signIn(email);
    expect((await sessionsOf(email)).map(({ ended }) => ended)).toEqual(['sign-out', 'sign-out', null]);
    expect(await loaded(whoIs)).toBe(email);
  });

  it('removes the cookies of a session that was ended elsewhere', async () => {
    const email = await signedIn();
    await app.post('/v1/auth/logout', { refreshToken: /lkr_[\w-]+/.exec(browser.header)?.[0] });
    expect(await loaded(async (client) => (await client.auth.getUser()).error?.code)).toBe('token.revoked');
    expect(await loaded((client) => client.auth.getSession())).toEqual({ data: { session: null }, error: null });
    expect(browser.all).toHaveLength(1);
    expect(await sessionsOf(email)).toMatchObject([{ ended: 'sign-out' }]);
  });

  it('signs nobody out while the server is away', async () => {
    const email = await signedIn();
    browser.age();
    isAway = true;
    expect((await loaded((client) => client.auth.getSession())).error?.code).toBe('client.unreachable');
    isAway = false;
    expect(await loaded(whoIs)).toBe(email);
  });

  it('says which browser the session is in', async () => {
    const email = await signedUp();
    const userAgent =
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
    const credentials = { identifier: email, password: PASSWORD };
    (await load((client) => client.auth.signInWithPassword(credentials), { 'user-agent': userAgent })).arrive();
    expect((await loaded((client) => client.sessions.list())).data).toMatchObject([{ device: 'Chrome on macOS', current: true }]);
  });

  it('says which language the visitor reads', async () => {
    const asked: (string | null)[] = [];
    const listening: typeof globalThis.fetch = (input, init) => {
      const request = new Request(input, init);
      asked.push(request.headers.get('accept-language'));
      return globalThis.fetch(request);
    };
    const request = new Request('https://app.example.com/', { headers: { 'accept-language': 'de-AT,de;q=0.9' } });
    await createWebAdapter({ url, fetch: listening }).handle(request, async (client) => {
      await client.auth.signInWithPassword({ identifier: 'nobody', password: PASSWORD });
      return new Response('page');
    });
    expect(asked).toEqual(['de-AT,de;q=0.9']);
  });
});
