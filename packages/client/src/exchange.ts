import { arrived, readAnswer } from './answer.js';
import type { ApiRequest } from './operation.js';
import { type Result, failed } from './result.js';

export type Fetch = typeof globalThis.fetch;

/** Sends a request once, and reads the whole answer. Waits as long as that takes. */
export type Exchange = (request: ApiRequest, signal: AbortSignal | undefined) => Promise<Result<unknown>>;

/**
 * @param url of the server; in browsers also a path of the page's own origin
 * @param credentials whether cookies travel with requests, also to another host of the site
 * @throws TypeError when the URL is none, or not one of HTTP
 */
export function createExchange(url: string, credentials: RequestCredentials | undefined, fetch: Fetch): Exchange {
  const base = readBase(url);
  return async (request, signal) => {
    // Before `fetch`, so that what is wrong with the request itself is never taken for a server that is away.
    const { method, input, token, proof, upload } = request;
    const address = base + toPath(request);
    const headers = new Headers(entriesOf(input.headers));
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    if (proof !== undefined) headers.set('proof-of-work', proof);
    if (input.body !== undefined && upload !== true) headers.set('content-type', 'application/json');
    const init: RequestInit = { method, headers, ...bodyOf(request) };
    const sent = request.cookies === true ? 'include' : credentials;
    if (sent !== undefined) init.credentials = sent;
    if (signal !== undefined) init.signal = signal;
    const ask = async (): Promise<[Response, string | Blob]> => {
      const response = await fetch(address, init);
      return [response, await (request.file === true && response.ok ? response.blob() : response.text())];
    };
    const { data, error } = await arrived(ask());
    return error === null ? readAnswer(...data, request) : failed(error);
  };
}

function readBase(url: string): string {
  const { protocol } = new URL(url, globalThis.location?.href);
  if (!/^https?:$/.test(protocol)) throw new TypeError(`The URL of the server starts with http:// or https://; this one does not: ${url}`);
  return url.replace(/\/+$/, '');
}

function toPath({ path, input }: ApiRequest): string {
  const parts = Object(input.path) as Record<string, unknown>;
  const filled = path.replace(/\{(.+?)\}/g, (_, name: string) => encodeURIComponent(String(parts[name])));
  const query = new URLSearchParams(entriesOf(input.query)).toString();
  return query === '' ? filled : `${filled}?${query}`;
}

function bodyOf({ input: { body }, upload }: ApiRequest): { body?: BodyInit } {
  if (body === undefined) return {};
  if (upload !== true) return { body: JSON.stringify(body) };
  const form = new FormData();
  for (const [name, value] of Object.entries(body as Record<string, string | Blob>)) form.append(name, value);
  return { body: form };
}

/** Names and texts of what is given; undefined is not. */
function entriesOf(values: object | undefined): [string, string][] {
  return Object.entries(values ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
}
