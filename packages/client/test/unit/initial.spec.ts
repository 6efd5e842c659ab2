import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createClient } from '../../src/index.js';
import { sessionStore } from '../../src/session-state.js';
import { type FetchStub, problem } from './support/api.js';

const url = 'https://accounts.example.com';
const user = { id: 'u-1', email: 'ada@example.com' };
const signedIn = async (): Promise<Response> => Response.json({ accessToken: 'a', expiresIn: 900, user });

describe('a page of cookie mode that is loaded while the server is away', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    // Alone in its browser: there are no other tabs to be asked first.
    vi.stubGlobal('BroadcastChannel', undefined);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  /** What listeners are told, and how often the server was asked. */
  const load = (away: FetchStub) => {
    const line = { answer: away, asked: 0 };
    const client = createClient({ url, mode: 'cookie', fetch: (...args) => ((line.asked += 1), line.answer(...args)) });
    const news: [string, string | null | undefined][] = [];
    const stop = client.auth.onAuthStateChange((event, session) => news.push([event, session?.user.email]));
    const store = sessionStore(client);
    store.subscribe(() => {});
    return { client, line, news, stop, status: () => store.getSnapshot().status };
  };

  it.each([
    ['unreachable', () => Promise.reject(new TypeError('Failed to fetch'))],
    ['busy', async () => problem('server.unavailable', 503)],
    ['behind the page of a proxy', async () => new Response('<h1>Sign in</h1>', { status: 401 })],
  ] as [string, FetchStub][])('is told nothing before it is known: %s', async (_, away) => {
    const { line, news, status } = load(away);
    await vi.advanceTimersByTimeAsync(999);
    expect(line.asked).toBe(1);
    await vi.advanceTimersByTimeAsync(2_001);
    expect([line.asked, news, status()]).toEqual([3, [], 'loading']);
    line.answer = signedIn;
    await vi.advanceTimersByTimeAsync(4_000);
    expect([news, status()]).toEqual([[['initial', user.email]], 'signed-in']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is told that nobody is signed in when the server says so', async () => {
    const { line, news, status } = load(() => Promise.reject(new TypeError('Failed to fetch')));
    await vi.advanceTimersByTimeAsync(0);
    line.answer = async () => new Response(null, { status: 204 });
    await vi.advanceTimersByTimeAsync(1_000);
    expect([news, status()]).toEqual([[['initial', undefined]], 'signed-out']);
  });

  it('is told at once when a call finds it out', async () => {
    const { client, line, news } = load(() => Promise.reject(new TypeError('Failed to fetch')));
    await vi.advanceTimersByTimeAsync(0);
    line.answer = signedIn;
    expect((await client.auth.getSession()).error).toBeNull();
    await vi.advanceTimersByTimeAsync(0);
    expect(news).toEqual([['initial', user.email]]);
  });

  it('asks no more when nobody listens', async () => {
    const { line, stop } = load(() => Promise.reject(new TypeError('Failed to fetch')));
    const other = createClient({ url, mode: 'cookie', fetch: line.answer });
    other.auth.onAuthStateChange(() => {})();
    await vi.advanceTimersByTimeAsync(0);
    stop();
    // The store of the first still asks.
    expect(vi.getTimerCount()).toBe(1);
  });
});
