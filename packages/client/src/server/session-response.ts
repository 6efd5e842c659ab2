import type { ServerClient } from './create-server-client.js';

/**
 * Answers a page's own script with an access token for calls to other servers: `{accessToken, expiresAt}`, or null when nobody is signed in.
 * No foreign page can read it, as long as the app allows none by CORS; the refresh token stays in the cookies. 503 when the Latchkey server is
 * out of reach.
 */
export async function sessionResponse(client: ServerClient): Promise<Response> {
  const { data, error } = await client.auth.getSession();
  const headers = { 'cache-control': 'private, no-store' };
  return error === null ? Response.json(data.session, { headers }) : Response.json({ code: error.code }, { headers, status: 503 });
}
