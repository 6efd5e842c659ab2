import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createClient } from '../../src/index.js';
import { listBooks, setAvatar } from '../../src/operations.js';
import { type FetchStub, signedInClient } from './support/api.js';

/** Neither answers nor heeds the signal. */
const deaf: FetchStub = () => new Promise(() => {});
/** Answers with headers, and never with the body. */
const halfway: FetchStub = async () => new Response(new ReadableStream());

const url = 'https://accounts.example.com';

describe('a call of the SDK ends', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  /** The code that a call fails with after some time, and null as long as it is under way. */
  const codeAfter = async (milliseconds: number, call: Promise<{ error: { code: string } | null }>): Promise<string | null> => {
    let code: string | null = null;
    void call.then(({ error }) => (code = error?.code ?? 'none'));
    await vi.advanceTimersByTimeAsync(milliseconds);
    return code;
  };

  it.each([
    ['a fetch that ignores its signal', deaf],
    ['a body that never comes', halfway],
  ])('after 10 s, also with %s', async (_, fetch) => {
    const call = () => createClient({ url, fetch }).auth.forgotPassword({ identifier: 'ada' });
    expect(await codeAfter(9_999, call())).toBeNull();
    expect(await codeAfter(10_000, call())).toBe('client.timeout');
  });

  it('after 10 s when the session is being refreshed all the time', async () => {
    const { api, requests } = signedInClient(deaf, { fresh: () => new Promise(() => {}) });
    expect(await codeAfter(10_000, listBooks({ client: api }))).toBe('client.timeout');
    expect(requests).toEqual([]);
  });

  it('after 60 s when it is an upload', async () => {
    const { api } = signedInClient(deaf);
    const upload = () => setAvatar({ client: api, body: { avatar: new Blob(['x']) } });
    expect(await codeAfter(59_999, upload())).toBeNull();
    expect(await codeAfter(60_000, upload())).toBe('client.timeout');
  });

  it('when its caller cancels it, and stops the request', async () => {
    const { api, requests } = signedInClient(deaf);
    const caller = new AbortController();
    const call = listBooks({ client: api, signal: caller.signal });
    await vi.waitFor(() => expect(requests).toHaveLength(1));
    expect(requests[0]?.signal.aborted).toBe(false);
    caller.abort(new Error('left the page'));
    expect((await call).error).toMatchObject({ code: 'client.aborted', cause: new Error('left the page') });
    expect(requests[0]?.signal.aborted).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('before it begins when it was cancelled before', async () => {
    const { api, requests } = signedInClient(deaf);
    expect((await listBooks({ client: api, signal: AbortSignal.abort() })).error?.code).toBe('client.aborted');
    expect(requests).toEqual([]);
  });

  it('in time without AbortController, AbortSignal and DOMException', async () => {
    for (const name of ['AbortController', 'AbortSignal', 'DOMException']) vi.stubGlobal(name, undefined);
    const client = (fetch: FetchStub) => createClient({ url, fetch });
    expect(await codeAfter(10_000, client(deaf).auth.forgotPassword({ identifier: 'ada' }))).toBe('client.timeout');
    const unreachable = client(() => Promise.reject(new TypeError('Network request failed')));
    expect((await unreachable.auth.forgotPassword({ identifier: 'ada' })).error?.code).toBe('client.unreachable');
    const good = client(async () => new Response(null, { status: 202 }));
    expect((await good.auth.forgotPassword({ identifier: 'ada' })).error).toBeNull();
  });
});
