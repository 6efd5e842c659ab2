import { type Client, createClient, createConfig } from './generated/client/index.js';
import type { Keeper } from './keeper.js';
import { isProblem } from './result.js';
import type { SessionMode } from './session-keeper.js';

/** Longest wait for an answer, ms; for uploads, which depend on the caller's line. */
const ANSWER_MS = 10_000;
const UPLOAD_MS = 60_000;

export type Fetch = typeof globalThis.fetch;

/** A client of the generated operations that sends no token by itself, and waits for nothing for ever. */
export function createPlainHttp(url: string, mode: SessionMode, fetch: Fetch): Client {
  return createClient(
    createConfig({
      baseUrl: url.replace(/\/+$/, ''),
      // The refresh cookie travels with requests of cookie mode, also to an API on another host of the site.
      ...(mode === 'cookie' ? { credentials: 'include' as const } : {}),
      fetch: (request) => {
        const sent = request as Request;
        const isUpload = sent.headers.get('content-type')?.startsWith('multipart/') === true;
        const timeout = AbortSignal.timeout(isUpload ? UPLOAD_MS : ANSWER_MS);
        return fetch(new Request(sent, { signal: AbortSignal.any([sent.signal, timeout]) }));
      },
    }),
  );
}

/**
 * A client that sends the access token where one is wanted, and gets a new one when the server does not take it any more. A request is
 * repeated for the session that sent it only: another account's may be in place by then.
 */
export function createSignedInHttp(plain: Client, keeper: Keeper<{ accessToken: string }>): Client {
  const config = plain.getConfig();
  const fetch = config.fetch as Fetch;
  return createClient({
    ...config,
    auth: async () => (await keeper.fresh()).data?.accessToken,
    fetch: async (request) => {
      const first = request as Request;
      const token = /^Bearer (.+)$/.exec(first.headers.get('authorization') ?? '')?.[1];
      if (token === undefined) return fetch(first);
      const again = first.clone();
      const answer = await fetch(first);
      if (answer.status !== 401 || !(await isAboutToken(answer))) return answer;
      const { data: session } = await keeper.refresh(token);
      if (session === null) return answer;
      again.headers.set('authorization', `Bearer ${session.accessToken}`);
      return fetch(again);
    },
  });
}

/** Whether it is the access token that was refused, and not, say, a password. */
async function isAboutToken(answer: Response): Promise<boolean> {
  const body: unknown = await answer
    .clone()
    .json()
    .catch(() => null);
  return isProblem(body) && body.code.startsWith('token.');
}
