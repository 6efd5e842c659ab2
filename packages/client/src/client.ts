import type { AutoRefresh } from './attention.js';
import { createAuth } from './auth.js';
import { type Exchange, type Fetch, createExchange } from './exchange.js';
import { createPlainApi, createSignedInApi } from './http.js';
import type { Api } from './operation.js';
import type { Keeper } from './keeper.js';
import { provingWork } from './prove-work.js';
import { createProfile } from './profile.js';
import { Rotation, type SessionMode } from './rotation.js';
import { SessionKeeper } from './session-keeper.js';
import { createSessions } from './sessions.js';
import { type Places, parts } from './parts.js';
import { type SessionStorage, defaultStorage, memoryStorage } from './storage.js';
import { TicketKeeper, type Tickets } from './tickets.js';

/** How a client is set up. */
export interface ClientOptions {
  /** Where the server is, such as `https://accounts.example.com`. */
  url: string;
  /**
   * `tokens` (the default): the refresh token is in `storage`. `cookie`, the safer one in browsers: in a cookie that no script can
   * read; needs a page of the server's own site that is listed in its `CORS_ORIGINS`.
   */
  mode?: SessionMode;
  /** Default: `localStorage` in browsers, memory elsewhere; in cookie mode the memory of all tabs. */
  storage?: SessionStorage;
  /** When the session is refreshed and asked after without a call that needs it. Default: `focus`. */
  autoRefresh?: AutoRefresh;
  /** Instead of the global `fetch`. */
  fetch?: Fetch;
}

/** A client of a Latchkey server. Its methods never reject, except for bugs: failures are in `error`. */
export type LatchkeyClient = ReturnType<typeof createClient>;

/**
 * Sets up a client; nothing is sent yet.
 * @throws TypeError when `url` is not a URL that starts with `http://` or `https://`
 */
export function createClient({
  url,
  mode = 'tokens',
  storage,
  autoRefresh,
  fetch = (...args) => globalThis.fetch(...args),
}: ClientOptions) {
  // The refresh cookie travels with requests of cookie mode, also to an API on another host of the site.
  const exchange = provingWork(createExchange(url, mode === 'cookie' ? 'include' : undefined, fetch));
  const plain = createPlainApi(exchange);
  const isCookie = mode === 'cookie';
  const rotation = new Rotation(plain, mode, isCookie ? defaultStorage(`latchkey ${url} attempt`) : memoryStorage());
  const place = storage ?? (isCookie ? memoryStorage(`latchkey ${url}`) : defaultStorage());
  const keeper = new SessionKeeper(plain, rotation, place, autoRefresh);
  return createMethods(exchange, keeper, mode, new TicketKeeper(url), { url });
}

/** The methods of a client, whatever keeps its session. */
export function createMethods<Kept extends { accessToken: string }>(
  exchange: Exchange,
  keeper: Keeper<Kept>,
  mode: SessionMode,
  tickets: Tickets,
  places: Places,
) {
  const api = createSignedInApi(exchange, keeper);
  const plain = createPlainApi(exchange);
  const methods = {
    /** For every other operation: pass it as `client` to those of `@latchkey/client/operations`. */
    api: api as Api,
    auth: createAuth({ plain, api, keeper, mode, tickets }),
    sessions: createSessions(api),
    profile: createProfile(api, keeper),
  };
  parts.set(methods, { plain, api, keeper, mode, places });
  return methods;
}
