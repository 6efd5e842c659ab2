import { createExchange } from '../../../src/exchange.js';
import { createSignedInApi } from '../../../src/http.js';
import type { Keeper } from '../../../src/keeper.js';
import { ok } from '../../../src/result.js';
import type { Session } from '../../../src/session.js';

export type FetchStub = typeof globalThis.fetch;

/** A failure as the server tells it. */
export function problem(code: string, status: number, more: object = {}, headers: Record<string, string> = {}): Response {
  return Response.json({ code, status, detail: code, requestId: 'r-1', ...more }, { status, headers });
}

/** A session; nothing of it is real but the names of the tokens. */
export function sessionNamed(accessToken: string): Session {
  return { accessToken, refreshToken: 'r', expiresAt: Number.MAX_SAFE_INTEGER, version: 1, user: { id: accessToken } as Session['user'] };
}

/** What calls operations as somebody who is signed in, and keeps what it sent. `keeper` replaces methods of its keeper. */
export function signedInClient(fetch: FetchStub, keeper: Partial<Keeper> = {}) {
  const requests: Request[] = [];
  const keeping = { fresh: async () => ok(sessionNamed('a')), refresh: async () => ok(sessionNamed('a')), ...keeper } as Keeper;
  const noting: FetchStub = (input, init) => {
    requests.push(new Request(input, init));
    return fetch(input, init);
  };
  const api = createSignedInApi(createExchange('https://accounts.example.com', undefined, noting), keeping);
  return { api, requests };
}
