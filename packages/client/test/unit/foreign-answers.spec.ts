import { describe, expect, it } from 'vitest';
import { type SessionMode, createClient, memoryStorage } from '../../src/index.js';
import { createWebAdapter } from '../../src/web.js';
import { ServerModel } from '../simulation/server.js';
import { BrowserCookies } from '../support/browser-cookies.js';
import type { FetchStub } from './support/api.js';

const url = 'https://accounts.example.com';
const CREDENTIALS = { identifier: 'ada', password: 'four bright birds sing' };

/** What proxies and gateways answer with instead of the server. */
const FOREIGN: [string, () => Response][] = [
  ['null', () => Response.json(null)],
  ['a list', () => Response.json([])],
  ['JSON of its own', () => Response.json({ message: 'We are down for maintenance' })],
  ['tokens that are none', () => Response.json({ accessToken: 'a', refreshToken: 'r', expiresIn: null })],
  ['a page with 200', () => new Response('<h1>Sign in to the Wi-Fi</h1>')],
  ['a page with 401', () => new Response('<h1>Who are you?</h1>', { status: 401 })],
];
/** In cookie mode it is also how the server itself says that nobody is signed in. */
const NOTHING: (typeof FOREIGN)[number] = ['nothing', () => new Response(null, { status: 204 })];

/** A server with a browser's cookie, and something before it that answers as long as `front.answer` is there. */
function makeFront(mode?: SessionMode) {
  const server = new ServerModel(Date.now, () => {});
  const front: { answer: (() => Response) | undefined } = { answer: undefined };
  let cookie: string | undefined;
  const fetch: FetchStub = async (input, init) => {
    if (front.answer !== undefined) return front.answer();
    const headers = new Headers(init?.headers);
    const reply = server.handle({
      method: String(init?.method),
      path: new URL(input as string).pathname,
      token: headers.get('authorization')?.slice('Bearer '.length),
      cookie: mode === 'cookie' ? cookie : undefined,
      body: typeof init?.body === 'string' ? (JSON.parse(init.body) as Record<string, unknown>) : {},
    });
    if (reply.cookie !== undefined) cookie = reply.cookie === '' ? undefined : reply.cookie;
    return new Response(reply.body === undefined ? null : JSON.stringify(reply.body), { status: reply.status });
  };
  return { server, front, fetch };
}

/** Somebody signed in, and whether the page was told that this is over. */
async function signedIn(mode: SessionMode) {
  const { front, fetch } = makeFront(mode);
  const client = createClient({ url, mode, fetch, storage: memoryStorage() });
  const events: string[] = [];
  client.auth.onAuthStateChange((event) => void events.push(event));
  expect((await client.auth.signInWithPassword(CREDENTIALS)).error).toBeNull();
  return { front, fetch, client, events };
}

async function expectToLast(mode: SessionMode, answer: () => Response): Promise<void> {
  const { front, client, events } = await signedIn(mode);
  front.answer = answer;
  expect((await client.auth.refresh()).error?.code).toBe('client.unexpected_answer');
  expect((await client.auth.getUser()).error?.code).toBe('client.unexpected_answer');
  front.answer = undefined;
  expect((await client.auth.refresh()).data?.session.user.id).toBe('ada');
  expect((await client.auth.getUser()).data?.user.id).toBe('ada');
  expect(events).not.toContain('signed-out');
}

describe.each([NOTHING, ...FOREIGN])('%s from something before the server', (_, answer) => {
  it.each(['tokens', 'cookie'] as const)('opens no session in mode %s', async (mode) => {
    const { front, fetch } = makeFront(mode);
    front.answer = answer;
    const { auth } = createClient({ url, mode, fetch, storage: memoryStorage() });
    expect((await auth.signInWithPassword(CREDENTIALS)).error?.code).toBe('client.unexpected_answer');
    expect((await auth.signUp({ email: 'ada@example.com', password: CREDENTIALS.password })).error?.code).toBe('client.unexpected_answer');
  });

  it('ends no session in mode tokens', () => expectToLast('tokens', answer));

  it('ends no session on a server that renders pages', async () => {
    const { front, fetch } = makeFront();
    const browser = new BrowserCookies();
    const { handle } = createWebAdapter({ url, fetch });
    const visit = async (work: Parameters<typeof handle>[1]) =>
      browser.takeFrom(await handle(new Request('https://app.example.com/', { headers: { cookie: browser.header } }), work));
    await visit(async ({ auth }) => Response.json((await auth.signInWithPassword(CREDENTIALS)).error));
    browser.age();
    const found: (string | undefined)[] = [];
    const look = () =>
      visit(async ({ auth }) => {
        const { data, error } = await auth.getUser();
        found.push(error?.code ?? data?.user.id);
        return new Response('page');
      });
    front.answer = answer;
    await look();
    front.answer = undefined;
    await look();
    expect(found).toEqual(['client.unexpected_answer', 'ada']);
  });
});

describe.each(FOREIGN)('%s in cookie mode', (_, answer) => {
  it('ends no session', () => expectToLast('cookie', answer));

  it('is not taken for a sign-out, nor by a page that begins', async () => {
    const { front, fetch, client, events } = await signedIn('cookie');
    front.answer = answer;
    expect((await client.auth.signOut()).error?.code).toBe('client.unexpected_answer');
    expect(events).not.toContain('signed-out');
    const reloaded = createClient({ url, mode: 'cookie', fetch, storage: memoryStorage() });
    expect((await reloaded.auth.getSession()).error?.code).toBe('client.unexpected_answer');
    front.answer = undefined;
    expect((await reloaded.auth.getSession()).data?.session?.user.id).toBe('ada');
    expect((await client.auth.signOut()).error).toBeNull();
    expect(events).toContain('signed-out');
  });
});
