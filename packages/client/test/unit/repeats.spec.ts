import { describe, expect, it } from 'vitest';
import { listBooks, signOut } from '../../src/operations.js';
import { failed, localError, ok, signedOut } from '../../src/result.js';
import { type FetchStub, problem, sessionNamed, signedInClient } from './support/api.js';

/** Takes the token `b` only. */
const picky: FetchStub = async (_, init) =>
  new Headers(init?.headers).get('authorization') === 'Bearer b' ? Response.json({ data: [] }) : problem('token.expired', 401);

const tokensOf = (requests: Request[]) => requests.map(({ headers }) => headers.get('authorization'));

describe('a request whose token is refused', () => {
  it('is sent once more with a new one', async () => {
    const { api, requests } = signedInClient(picky, { refresh: async () => ok(sessionNamed('b')) });
    expect((await listBooks({ client: api })).data).toEqual({ data: [] });
    expect(tokensOf(requests)).toEqual(['Bearer a', 'Bearer b']);
  });

  it('asks for a new token of the session that sent it, and is not repeated when another is in place', async () => {
    const stale: (string | undefined)[] = [];
    const { api, requests } = signedInClient(picky, {
      refresh: async (token) => (stale.push(token), failed(localError('client.session_changed', 'Another account.'))),
    });
    expect((await listBooks({ client: api })).error?.code).toBe('client.session_changed');
    expect(stale).toEqual(['a']);
    expect(tokensOf(requests)).toEqual(['Bearer a']);
  });

  it('says why when the session has ended, and what is in the way when it has not', async () => {
    const { api: ended } = signedInClient(picky, { refresh: async () => failed(signedOut()) });
    expect((await listBooks({ client: ended })).error?.code).toBe('token.expired');
    const { api: away } = signedInClient(picky, { refresh: async () => failed(localError('client.unreachable', 'Away.')) });
    expect((await listBooks({ client: away })).error?.code).toBe('client.unreachable');
  });

  it('is not repeated for any other refusal', async () => {
    const { api, requests } = signedInClient(async () => problem('auth.bad_credentials', 401));
    expect((await listBooks({ client: api })).error?.code).toBe('auth.bad_credentials');
    expect(requests).toHaveLength(1);
  });
});

describe('a request of nobody', () => {
  it('is not sent where an access token is required, and is where it is not', async () => {
    const { api, requests } = signedInClient(async () => new Response(null, { status: 204 }), { fresh: async () => failed(signedOut()) });
    expect((await listBooks({ client: api })).error?.code).toBe('client.signed_out');
    expect(requests).toEqual([]);
    expect((await signOut({ client: api })).error).toBeNull();
    expect(tokensOf(requests)).toEqual([null]);
  });
});
