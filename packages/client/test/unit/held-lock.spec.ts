import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type SessionMode, type SessionStorage, createClient, memoryStorage } from '../../src/index.js';
import type { FetchStub } from './support/api.js';

const url = 'https://accounts.example.com';
const credentials = { identifier: 'ada', password: 'four bright birds sing' };

/** An access token that only its session is read of. */
const token = (sid: string) => `${btoa('{}')}.${btoa(JSON.stringify({ sid }))}.x`;
const user = { id: 'u-1', firstName: 'Ada' };

/** Answers all, and keeps what it was asked for. */
function server() {
  const paths: string[] = [];
  const fetch: FetchStub = async (input, init) => {
    const { method, url: address } = new Request(input, init);
    const { pathname } = new URL(address);
    paths.push(pathname);
    if (pathname === '/v1/auth/login') return Response.json({ accessToken: token('s-1'), refreshToken: 'r-1', expiresIn: 900, user });
    return method === 'GET' ? Response.json({ ...user, firstName: 'Grace' }) : new Response(null, { status: 204 });
  };
  return { paths, fetch };
}

/** Locks of which another tab holds the first until it is let go. */
function heldLocks() {
  let release = (): void => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const request = async (_: string, { signal }: { signal: AbortSignal }, work: () => Promise<unknown>) => {
    await Promise.race([held, new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('Not granted'))))]);
    return work();
  };
  vi.stubGlobal('navigator', { locks: { request } });
  return release;
}

describe('while another tab holds the lock', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  const make = (mode: SessionMode, storage: SessionStorage = memoryStorage('held')) => {
    const { paths, fetch } = server();
    return { paths, client: createClient({ url, mode, fetch, storage }) };
  };

  /** Signed in before the lock was taken. */
  const signedIn = async (mode: SessionMode) => {
    const made = make(mode);
    expect((await made.client.auth.signInWithPassword(credentials)).error).toBeNull();
    made.paths.length = 0;
    return { ...made, release: heldLocks() };
  };

  /** How a call ends within some time; `pending` when it does not. */
  const codeWithin = async (milliseconds: number, call: Promise<{ error: { code: string } | null }>): Promise<string> => {
    let code = 'pending';
    void call.then(({ error }) => (code = error?.code ?? 'ok'));
    await vi.advanceTimersByTimeAsync(milliseconds);
    return code;
  };

  it.each([
    ['tokens', ['/v1/auth/login', '/v1/auth/logout']],
    ['cookie', []],
  ] as const)('signing in ends after 10 s with %s, and leaves no session behind', async (mode, sent) => {
    const { client, paths } = make(mode);
    const release = heldLocks();
    const call = client.auth.signInWithPassword(credentials);
    expect(await codeWithin(9_999, call)).toBe('pending');
    expect(await codeWithin(1, call)).toBe('client.timeout');
    release();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(paths).toEqual(sent);
  });

  it('signing in ends when it is cancelled, and ends the session that the server has opened', async () => {
    const { client, paths } = make('tokens');
    const release = heldLocks();
    const caller = new AbortController();
    const call = client.auth.signInWithPassword(credentials, { signal: caller.signal });
    expect(await codeWithin(100, call)).toBe('pending');
    caller.abort();
    expect(await codeWithin(0, call)).toBe('client.aborted');
    release();
    await vi.waitFor(() => expect(paths).toEqual(['/v1/auth/login', '/v1/auth/logout']));
    expect((await client.auth.getSession()).data?.session).toBeNull();
  });

  it.each(['tokens', 'cookie'] as const)('signing out ends after 10 s with %s, and is finished later', async (mode) => {
    const { client, paths, release } = await signedIn(mode);
    const call = client.auth.signOut();
    expect(await codeWithin(9_999, call)).toBe('pending');
    expect(await codeWithin(1, call)).toBe('client.timeout');
    expect(paths).toEqual(['/v1/auth/logout']);
    release();
    await vi.waitFor(async () => expect((await client.auth.getSession()).data?.session).toBeNull());
  });

  it('signing out ends when it is cancelled', async () => {
    const { client } = await signedIn('tokens');
    const caller = new AbortController();
    const call = client.auth.signOut({ signal: caller.signal });
    caller.abort();
    expect(await codeWithin(0, call)).toBe('client.aborted');
  });

  it('an answer about the account is told after 1 s, and kept later', async () => {
    const { client, release } = await signedIn('tokens');
    const call = client.auth.getUser();
    expect(await codeWithin(999, call)).toBe('pending');
    expect(await codeWithin(1, call)).toBe('ok');
    expect((await call).data?.user.firstName).toBe('Grace');
    release();
    await vi.waitFor(async () => expect((await client.auth.getSession()).data?.session?.user.firstName).toBe('Grace'));
    heldLocks();
    expect(await codeWithin(0, client.auth.getUser())).toBe('ok');
  });

  it.each(['changePassword', 'delete'] as const)('profile.%s ends after 10 s', async (method) => {
    const { client } = await signedIn('tokens');
    const call = client.profile[method]({ currentPassword: 'x', newPassword: 'y', password: 'x' });
    expect(await codeWithin(9_999, call)).toBe('pending');
    expect(await codeWithin(1, call)).toBe('client.timeout');
  });

  it('a storage that never answers ends no call later than 10 s', async () => {
    const never = () => new Promise<never>(() => {});
    const { client } = make('tokens', { get: never, set: never, remove: never });
    expect(await codeWithin(10_000, client.auth.signInWithPassword(credentials))).toBe('client.timeout');
    expect(await codeWithin(10_000, client.auth.signOut())).toBe('client.timeout');
    expect(await codeWithin(10_000, client.auth.getUser())).toBe('client.timeout');
  });
});
