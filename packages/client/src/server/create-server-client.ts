import { createMethods } from '../client.js';
import { createExchange, type Fetch } from '../exchange.js';
import { refreshSession, signOut } from '../generated/operations.gen.js';
import { createPlainApi } from '../http.js';
import { provingWork } from '../prove-work.js';
import { CookiePlace } from './cookie-place.js';
import { CookieTickets } from './cookie-tickets.js';
import type { ServerCookies } from './cookies.js';
import { ServerKeeper, type ServerSession } from './server-keeper.js';
import { SessionCookies } from './session-cookies.js';

/** For how long the server takes the ticket of a registration, seconds. */
const TICKET_SECONDS = 30 * 60;

/** How long a sign-in may take, seconds. */
const SIGN_IN_SECONDS = 15 * 60;

/** Settings of all clients of an app; they hold no session. */
export interface ServerSettings {
  /** Where the Latchkey server is, such as `https://accounts.example.com`. */
  url: string;
  /** Name of the cookies; default `latchkey`. Apps on one host need different ones, since cookies tell no ports apart. */
  cookieName?: string;
  /**
   * Default true. With `false` the cookies lack `Secure` and the prefix `__Host-`: only for development at http://localhost in Safari, which
   * takes no secure cookies without TLS.
   */
  secure?: boolean;
  /** Instead of the global `fetch`. */
  fetch?: Fetch;
}

export interface ServerClientOptions extends ServerSettings {
  /** Of the request that is being answered. A render, which has no response of its own, gives `getAll` alone. */
  cookies: ServerCookies;
  /** Who sent the request: the server shows the device in the list of sessions, and limits attempts by address. */
  visitor?: Visitor;
}

export interface Visitor {
  /** The header of the same name. */
  userAgent?: string | null | undefined;
  /** The header of the same name: mails that the visitor asks for, and sentences of failures, are in that language. */
  acceptLanguage?: string | null | undefined;
  /** An IP address. The server believes it if its `TRUSTED_PROXIES` contain this app. */
  address?: string | null | undefined;
}

/**
 * A client for one request. Nothing happens between requests that it could tell of, and it refreshes only when the access token is over: more
 * often than that, answers that overtake each other could look like a stolen token to the server.
 */
export type ServerClient = Omit<ReturnType<typeof createMethods<ServerSession>>, 'auth'> & {
  auth: Omit<ReturnType<typeof createMethods<ServerSession>>['auth'], 'onAuthStateChange' | 'refresh'>;
};

/**
 * Sets up a client for one request on a server that renders pages. Never keep it for another request: it belongs to the visitor who sent
 * the cookies.
 */
export function createServerClient({
  url,
  cookies,
  visitor = {},
  cookieName = 'latchkey',
  secure = true,
  fetch,
}: ServerClientOptions): ServerClient {
  const exchange = provingWork(createExchange(url, undefined, onBehalfOf(visitor, fetch ?? ((...args) => globalThis.fetch(...args)))));
  const plain = createPlainApi(exchange);
  const keeper = new ServerKeeper(new SessionCookies(cookies, cookieName, secure), {
    exchange: (refreshToken, attemptKey) => refreshSession({ client: plain, body: { refreshToken, attemptKey } }),
    end: (refreshToken) => signOut({ client: plain, body: { refreshToken } }),
  });
  const place = (name: string, maxAgeSeconds?: number) =>
    new CookiePlace(cookies, `${secure ? '__Host-' : ''}${cookieName}-${name}`, secure, maxAgeSeconds);
  return createMethods(exchange, keeper, 'tokens', new CookieTickets(place('ticket', TICKET_SECONDS)), {
    signIn: place('sign-in', SIGN_IN_SECONDS),
    device: place('device'),
  });
}

function onBehalfOf({ userAgent, acceptLanguage, address }: Visitor, fetch: Fetch): Fetch {
  return (input, init) => {
    const headers = new Headers(init?.headers);
    if (userAgent) headers.set('user-agent', userAgent);
    if (acceptLanguage) headers.set('accept-language', acceptLanguage);
    if (address) headers.set('x-forwarded-for', address);
    return fetch(input, { ...init, headers });
  };
}
