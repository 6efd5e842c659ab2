import { type ServerClient, type ServerSettings, type Visitor, createServerClient } from './create-server-client.js';
import { RequestCookies } from './request-cookies.js';

/** Settings of an adapter. */
export interface AdapterSettings extends ServerSettings {
  /**
   * The visitor's IP address, for the limits of the Latchkey server. Take it from a header that your own proxy sets: any other one says what the
   * visitor likes.
   */
  addressOf?: (headers: Pick<Headers, 'get'>) => string | null | undefined;
}

/** Who sent a request. */
export function visitorOf(headers: Pick<Headers, 'get'>, addressOf: AdapterSettings['addressOf']): Visitor {
  return { userAgent: headers.get('user-agent'), acceptLanguage: headers.get('accept-language'), address: addressOf?.(headers) };
}

/**
 * Answers a request with a client of its own. The session is refreshed before `work` runs, so that what is rendered has a good access token, and
 * the response of `work` gets the cookies. After that the client can set none, and does not refresh.
 * @param headers those of the request with the cookies of the refreshed session, for a render that reads them again
 */
export type HandleRequest = (
  request: Pick<Request, 'headers'>,
  work: (client: ServerClient, headers: Headers) => Response | Promise<Response>,
) => Promise<Response>;

export function createHandleRequest({ addressOf, ...settings }: AdapterSettings): HandleRequest {
  return async (request, work) => {
    const cookies = new RequestCookies(request.headers);
    const visitor = visitorOf(request.headers, addressOf);
    const client = createServerClient({ ...settings, cookies, visitor });
    await client.auth.getSession();
    return cookies.applyTo(await work(client, cookies.headers()));
  };
}
