import { describe, expect, it } from 'vitest';
import { createClient } from '../../src/index.js';
import { createBook, getAvatar, listBooks, refreshSession } from '../../src/operations.js';
import { type FetchStub, problem, signedInClient } from './support/api.js';

const URL_OF_SERVER = 'https://accounts.example.com';

/** What a client says when its `fetch` behaves in some way. */
const askWith = (fetch: FetchStub) => createClient({ url: URL_OF_SERVER, fetch }).auth.forgotPassword({ identifier: 'ada@example.com' });

const named = (name: string): Error => Object.assign(new Error(name), { name });

describe('the answers of the SDK', () => {
  it('tell a server that is away, late, or none of Latchkey', async () => {
    const codeOf = async (fetch: FetchStub) => (await askWith(fetch)).error?.code;
    expect(await codeOf(() => Promise.reject(new TypeError('fetch failed')))).toBe('client.unreachable');
    expect(await codeOf(() => Promise.reject(named('TimeoutError')))).toBe('client.timeout');
    expect(await codeOf(() => Promise.reject(named('AbortError')))).toBe('client.aborted');
    expect(await codeOf(async () => new Response('<h1>Bad gateway</h1>', { status: 502 }))).toBe('client.unexpected_answer');
    expect(await codeOf(async () => Response.json({ code: 'x' }, { status: 400 }))).toBe('client.unexpected_answer');
    // A `fetch` of the app's own may fail before it promises anything.
    expect(
      await codeOf(() => {
        throw new TypeError('no line');
      }),
    ).toBe('client.unreachable');
    expect(await codeOf((() => undefined) as unknown as FetchStub)).toBe('client.unreachable');
    const broken = new ReadableStream({ start: (stream) => stream.error(new TypeError('terminated')) });
    expect(await codeOf(async () => new Response(broken))).toBe('client.unreachable');
  });

  it('tell a page where the data should be, and data that is missing', async () => {
    const { api } = signedInClient(async () => new Response('<h1>Sign in to the Wi-Fi</h1>'));
    expect((await listBooks({ client: api })).error?.code).toBe('client.unexpected_answer');
    for (const answer of [new Response(null), new Response(null, { status: 204 }), Response.json(null), Response.json([])]) {
      const { api: foreign } = signedInClient(async () => answer);
      expect((await listBooks({ client: foreign })).error?.code).toBe('client.unexpected_answer');
    }
  });

  it('hold what the server says about a failure', async () => {
    const errors = [{ pointer: '/title', rule: 'title.invalid', detail: 'Too long.' }];
    const { api } = signedInClient(async () => problem('request.throttled', 429, { errors }, { 'retry-after': '7' }));
    const { error } = await createBook({ client: api, body: { title: 'Emma', authors: [] } });
    expect(error).toMatchObject({ code: 'request.throttled', status: 429, fields: errors, retryAfterSeconds: 7, requestId: 'r-1' });
  });

  it('are null where there is nothing to say', async () => {
    expect(await askWith(async () => new Response(null, { status: 202 }))).toEqual({ data: null, error: null });
    // Nothing else says that it was done.
    for (const answer of [new Response(null, { status: 204 }), Response.json({ message: 'We are down for maintenance' })]) {
      expect((await askWith(async () => answer)).error?.code).toBe('client.unexpected_answer');
    }
  });

  it('are files where the operation reads one', async () => {
    const { api } = signedInClient(async () => new Response(new Uint8Array([255, 216]), { headers: { 'content-type': 'image/jpeg' } }));
    const { data } = await getAvatar({ client: api, path: { file: 'a.jpg' } });
    expect(data?.size).toBe(2);
  });
});

describe('a mistake of the program', () => {
  it('in the address is thrown at once', () => {
    for (const url of ['', 'accounts.example.com', 'localhost:3000', 'ftp://example.com', '/api'])
      expect(() => createClient({ url })).toThrow(TypeError);
  });

  it('in what is sent rejects, and is never called a server that is away', async () => {
    const circular: { title: string; authors: string[]; self?: unknown } = { title: 'Emma', authors: [] };
    circular.self = circular;
    const { api, requests } = signedInClient(async () => Response.json({}));
    await expect(createBook({ client: api, body: circular })).rejects.toThrow(TypeError);
    await expect(createBook({ client: api, body: circular, headers: { 'Idempotency-Key': 'a\nb' } })).rejects.toThrow(TypeError);
    expect(requests).toEqual([]);
  });
});

describe('a request of the SDK', () => {
  it('has its parts where the server looks for them, and none that are undefined', async () => {
    const { api, requests } = signedInClient(async () => Response.json({ data: [] }));
    await listBooks({ client: api, query: { q: 'a&b ü', limit: 5, cursor: undefined } });
    await createBook({ client: api, body: { title: 'Emma', authors: ['Jane Austen'] }, headers: { 'Idempotency-Key': 'k' } });
    await getAvatar({ client: api, path: { file: 'a/b.jpg' } });
    await refreshSession({ client: api });
    expect(requests.map(({ url }) => url.slice(URL_OF_SERVER.length))).toEqual([
      '/v1/books?q=a%26b+%C3%BC&limit=5',
      '/v1/books',
      '/avatars/a%2Fb.jpg',
      '/v1/auth/refresh',
    ]);
    const [list, create, avatar, refresh] = requests;
    expect(list?.headers.get('content-type')).toBeNull();
    expect(Object.fromEntries(create?.headers ?? [])).toMatchObject({ 'content-type': 'application/json', 'idempotency-key': 'k' });
    expect(await create?.json()).toEqual({ title: 'Emma', authors: ['Jane Austen'] });
    expect(list?.headers.get('authorization')).toMatch(/^Bearer /);
    // Neither takes a token: none is sent.
    expect([avatar, refresh].map((request) => request?.headers.get('authorization'))).toEqual([null, null]);
    expect(refresh?.body).toBeNull();
  });

  it('follows the address of the server, its path included', async () => {
    const urls: string[] = [];
    const fetch: FetchStub = async (input) => (urls.push(input as string), new Response(null, { status: 202 }));
    await createClient({ url: 'http://localhost:3000/accounts//', fetch }).auth.forgotPassword({ identifier: 'ada' });
    expect(urls).toEqual(['http://localhost:3000/accounts/v1/auth/password/forgot']);
  });
});
