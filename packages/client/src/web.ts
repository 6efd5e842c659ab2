import { type AdapterSettings, type HandleRequest, createHandleRequest } from './server/handle-request.js';

export type { ServerClient } from './server/create-server-client.js';
export type { ServerSession } from './server/server-keeper.js';
export { sessionResponse } from './server/session-response.js';
export type { AdapterSettings, HandleRequest };

/** For servers whose handlers take a `Request` and give a `Response`: SvelteKit, React Router, Hono, Astro, Deno, Bun, workers. */
export function createWebAdapter(settings: AdapterSettings): { handle: HandleRequest } {
  return { handle: createHandleRequest(settings) };
}
