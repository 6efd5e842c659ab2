import { type LookupAddress, lookup as resolveName } from 'node:dns';
import { type Agent, type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { type LookupFunction, isIP } from 'node:net';
import { addressesInDns } from './dns-names.js';
import { OutboundError } from './outbound-error.js';
import { isLocalName, isPublicAddress } from './public-address.js';

/** A request to another server. */
export interface OutboundRequest {
  method?: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array | undefined;
  /** From the start until the last byte of the answer, ms. */
  timeoutMs?: number;
  /** Maximum length of the answer, bytes. */
  maxBytes?: number;
  /** What happens to a longer answer: the request fails, or only the beginning is read. Default: `fail`. */
  whenLonger?: 'fail' | 'cut';
  signal?: AbortSignal | undefined;
  /**
   * Keeps connections open for the next request of the same caller to the same host. Each was checked when it was made, so the agent must be
   * the caller's own, with the same rules for all requests. Default: a connection for this request alone.
   */
  agent?: Agent;
}

/** What may be called. */
export interface OutboundRules {
  allowsPrivate: boolean;
  /** Default: DNS; where private addresses may be called `dns.lookup`, which knows the names of this machine and network too. */
  resolve?: (hostname: string) => Promise<LookupAddress[]>;
}

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 1_024 * 1_024;

/** Statuses whose answers have no body (Fetch standard, "null body status"). */
const WITHOUT_BODY = [101, 103, 204, 205, 304];

/**
 * Sends one request. The address is checked in the lookup whose result the connection uses, so a name that resolves to something else a
 * moment later gains nothing. Redirects are not followed: the answer is the redirect.
 * @throws OutboundError
 */
export async function guardedRequest(target: string | URL, request: OutboundRequest, rules: OutboundRules): Promise<Response> {
  const url = new URL(target);
  demandAllowed(url, rules);
  const { timeoutMs = TIMEOUT_MS, maxBytes = MAX_BYTES, whenLonger = 'fail', signal } = request;
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await sendOnOpen(url, request, rules, signal === undefined ? limit : AbortSignal.any([signal, limit]));
    return await read(answer, maxBytes, whenLonger);
  } catch (error) {
    if (error instanceof OutboundError) throw error;
    if (limit.aborted) throw new OutboundError('timeout', `${url.host} did not answer within ${timeoutMs} ms`, { cause: error });
    throw new OutboundError('unreachable', `${url.host} cannot be reached: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Whether an address may be called as far as its text tells; names are looked up when a connection is made.
 * @throws OutboundError
 */
export function demandAllowed({ protocol, hostname, username, password }: URL, { allowsPrivate }: OutboundRules): void {
  if (protocol !== 'https:' && !(allowsPrivate && protocol === 'http:')) throw new OutboundError('refused', 'Only https:// may be called');
  if (username !== '' || password !== '') throw new OutboundError('refused', 'An address with a user or password is not called');
  // The URL parser has already turned `0x7f.1` and `2130706433` into an address of four numbers. A socket looks no address up.
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (!allowsPrivate && (isIP(host) === 0 ? isLocalName(host) : !isPublicAddress(host))) throw privateAddress(hostname);
}

/** The other side may close a kept connection in the moment in which it is used again: then nothing was answered, and another one is taken. */
async function sendOnOpen(url: URL, request: OutboundRequest, rules: OutboundRules, signal: AbortSignal): Promise<IncomingMessage> {
  for (;;) {
    try {
      return await send(url, request, rules, signal);
    } catch (error) {
      if (signal.aborted || !(error instanceof StaleConnectionError)) throw error;
    }
  }
}

class StaleConnectionError extends Error {}

function send(
  url: URL,
  { method = 'GET', headers = {}, body, agent }: OutboundRequest,
  rules: OutboundRules,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent: ClientRequest = request(
      url,
      // Without an agent of the caller's own a connection for this request alone: one that is kept open may have been checked by other rules.
      { method, headers: { 'accept-encoding': 'identity', ...headers }, agent: agent ?? false, lookup: lookupBy(rules), signal },
      resolve,
    );
    sent.once('error', (error: NodeJS.ErrnoException) => {
      const isStale = sent.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      reject(isStale ? new StaleConnectionError(error.message, { cause: error }) : error);
    });
    // Node drops an answer that changes the protocol (101 with `Upgrade`) without a word. After an answer or an error this does nothing.
    sent.once('close', () => reject(new Error('the connection ended without an answer')));
    sent.end(body);
  });
}

function lookupBy({ allowsPrivate, resolve = allowsPrivate ? lookUp : addressesInDns }: OutboundRules): LookupFunction {
  return (hostname, options, callback) => {
    const answer = async (): Promise<void> => {
      const addresses = await resolve(hostname);
      const [first] = addresses;
      if (first === undefined) throw new OutboundError('unreachable', `${hostname} has no address`);
      // One private address among public ones is refused as well: which one is tried is not up to us.
      if (!allowsPrivate && !addresses.every(({ address }) => isPublicAddress(address))) throw privateAddress(hostname);
      if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    };
    answer().catch((error: unknown) => callback(error as Error, []));
  };
}

function lookUp(hostname: string): Promise<LookupAddress[]> {
  return new Promise((resolve, reject) => {
    resolveName(hostname, { all: true }, (error, addresses) => (error === null ? resolve(addresses) : reject(error)));
  });
}

async function read(answer: IncomingMessage, maxBytes: number, whenLonger: 'fail' | 'cut'): Promise<Response> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer) {
    length += (chunk as Buffer).length;
    // Leaving the loop ends the connection.
    if (length > maxBytes && whenLonger === 'cut') {
      chunks.push((chunk as Buffer).subarray(0, maxBytes - length));
      break;
    }
    if (length > maxBytes) throw new OutboundError('too-large', `The answer is longer than ${maxBytes} bytes`);
    chunks.push(chunk as Buffer);
  }
  const status = answer.statusCode ?? 0;
  const headers = Object.entries(answer.headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  if (status < 200) throw new OutboundError('unreachable', `The answer has the status ${status}`);
  return new Response(WITHOUT_BODY.includes(status) ? null : Buffer.concat(chunks), { status, headers });
}

function privateAddress(host: string): OutboundError {
  return new OutboundError('refused', `${host} is no public address`);
}
