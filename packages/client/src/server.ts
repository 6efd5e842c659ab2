export type { Cookie, CookieChange, CookieOptions, ServerCookies } from './server/cookies.js';
export {
  type ServerClient,
  type ServerClientOptions,
  type ServerSettings,
  type Visitor,
  createServerClient,
} from './server/create-server-client.js';
export type { ServerSession } from './server/server-keeper.js';
