import type { Cookie, CookieOptions } from './server/cookies.js';
import { type ServerClient, createServerClient } from './server/create-server-client.js';
import { type AdapterSettings, type HandleRequest, createHandleRequest, visitorOf } from './server/handle-request.js';

export type { ServerClient } from './server/create-server-client.js';
export type { ServerSession } from './server/server-keeper.js';
export { sessionResponse } from './server/session-response.js';
export type { AdapterSettings, HandleRequest };

/** `cookies` and `headers` of `next/headers`: passed on by the app, so that this package needs no Next of its own. */
export interface NextSettings extends AdapterSettings {
  cookies: () => Promise<{
    getAll(): Cookie[];
    set(name: string, value: string, options: CookieOptions): unknown;
  }>;
  headers: () => Promise<Pick<Headers, 'get'>>;
}

export interface NextAdapter {
  /** For `proxy.ts` (`middleware.ts` up to Next 15): the only place that refreshes before pages are rendered. */
  handle: HandleRequest;
  /**
   * A client for the present request: in server components, which only read; in server actions and route handlers, which also sign in
   * and out. Call it anew for each.
   */
  client(): Promise<ServerClient>;
}

/** For the App Router of Next 15 and later. */
export function createNextAdapter({ cookies, headers, ...settings }: NextSettings): NextAdapter {
  const { addressOf, ...others } = settings;
  return {
    handle: createHandleRequest(settings),
    async client() {
      const [jar, sent] = [await cookies(), await headers()];
      return createServerClient({
        ...others,
        visitor: visitorOf(sent, addressOf),
        cookies: {
          getAll: () => jar.getAll(),
          // Throws in server components: then nothing is refreshed.
          setAll: (changes) => changes.forEach(({ name, value, options }) => jar.set(name, value, options)),
        },
      });
    },
  };
}
