import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ClientOptions, createClient, memoryStorage } from '../../src/index.js';
import { ServerModel } from '../simulation/server.js';

/** What older browsers, React Native, workers and other runtimes lack, or forbid to be touched. */
const PARTS = [
  'AbortController',
  'AbortSignal',
  'BroadcastChannel',
  'DOMException',
  'crypto',
  'localStorage',
  'navigator',
  'performance',
  'sessionStorage',
  'structuredClone',
  'atob',
];

/** A `fetch` that ends at a server in memory. */
function fetchOf(server: ServerModel): typeof globalThis.fetch {
  return async (input, init) => {
    const headers = new Headers(init?.headers);
    const reply = server.handle({
      method: String(init?.method),
      path: new URL(input as string).pathname,
      token: headers.get('authorization')?.slice('Bearer '.length),
      cookie: undefined,
      body: typeof init?.body === 'string' ? (JSON.parse(init.body) as Record<string, unknown>) : {},
    });
    return new Response(reply.body === undefined ? null : JSON.stringify(reply.body), { status: reply.status });
  };
}

/** Signs in, refreshes and signs out. */
async function expectAllToWork(options: Partial<ClientOptions> = {}): Promise<void> {
  const server = new ServerModel(Date.now, () => {});
  const { auth } = createClient({ url: 'https://accounts.example.com', fetch: fetchOf(server), ...options });
  const told: string[] = [];
  const stop = auth.onAuthStateChange((event) => void told.push(event));
  expect((await auth.getSession()).data).toEqual({ session: null });
  const { data } = await auth.signInWithPassword({ identifier: 'ada', password: 'four bright birds sing' });
  expect((await auth.refresh()).data?.session.accessToken).not.toBe(data?.session.accessToken);
  expect((await auth.getUser()).data?.user.id).toBe('ada');
  expect((await auth.signOut()).error).toBeNull();
  expect(told).toEqual(['initial', 'signed-in', 'token-refreshed', 'signed-out']);
  stop();
}

describe('the SDK', () => {
  afterEach(() => void vi.unstubAllGlobals());

  it.each(PARTS)('signs in, refreshes and signs out without %s', async (part) => {
    vi.stubGlobal(part, undefined);
    await expectAllToWork();
  });

  it('does so without all of them at once', async () => {
    for (const part of PARTS) vi.stubGlobal(part, undefined);
    await expectAllToWork({ storage: memoryStorage('tabs') });
  });

  it('does so in a page whose storage throws when it is touched, and whose messages and locks are forbidden', async () => {
    const forbidden = () => {
      throw new Error('SecurityError');
    };
    vi.stubGlobal('document', {});
    vi.stubGlobal('localStorage', new Proxy({}, { get: forbidden }));
    vi.stubGlobal(
      'BroadcastChannel',
      class {
        constructor() {
          forbidden();
        }
      },
    );
    vi.stubGlobal('navigator', { locks: { request: async () => forbidden() } });
    await expectAllToWork();
    await expectAllToWork({ storage: memoryStorage('tabs') });
  });
});
