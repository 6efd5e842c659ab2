/** The body of a request to a webhook. `@latchkey/client` has a type for each event: `verifyWebhook<WebhookEvent>(…)`. */
export interface AnyWebhookEvent {
  /** What happened, such as `account.updated`. */
  type: string;
  /** When it happened, ISO 8601. */
  timestamp: string;
  data: Record<string, unknown>;
}

/** Why a request to a webhook is not believed. */
export type WebhookErrorReason =
  /** A header of Standard Webhooks is missing, or the body is no event. */
  | 'malformed'
  /** It was signed longer ago than the tolerance, or in the future: it may be a copy. */
  | 'too_old'
  /** No signature fits: another secret, or somebody else's request. */
  | 'signature';

/** The request was not made by the server, or not just now. Answer 400. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError';
  readonly status = 400;

  constructor(
    readonly reason: WebhookErrorReason,
    message: string,
  ) {
    super(message);
  }
}

/** A request with its body as it came, byte for byte: parsed and written again it has another signature. */
export interface WebhookRequest {
  /** Of `fetch`, or of Node.js. */
  headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
  body: string | Uint8Array;
}

export interface WebhookOptions {
  /** How far the time of the request may be from now, seconds. Default: 300. */
  toleranceSeconds?: number;
  /** Now, ms since 1970; for tests. */
  now?: number;
}

/** A believed request. */
export interface VerifiedWebhook<Event> {
  /** The same at every attempt: ignore what you have seen. */
  id: string;
  event: Event;
}

const TOLERANCE_SECONDS = 300;
const PREFIX = 'whsec_';

/**
 * Checks a request to a webhook (Standard Webhooks 1.0).
 * @param secrets the webhook's secret, `whsec_…`; of several one has to fit, while you change from one to the next
 * @throws WebhookError
 */
export async function verifyWebhook<Event extends { type: string } = AnyWebhookEvent>(
  { headers, body }: WebhookRequest,
  secrets: string | readonly string[],
  { toleranceSeconds = TOLERANCE_SECONDS, now = Date.now() }: WebhookOptions = {},
): Promise<VerifiedWebhook<Event>> {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => headerOf(headers, name));
  if (!id || !timestamp || !signatures || !/^\d{1,15}$/.test(timestamp)) {
    throw new WebhookError('malformed', 'A header webhook-id, webhook-timestamp or webhook-signature is missing');
  }
  if (Math.abs(now / 1_000 - Number(timestamp)) > toleranceSeconds) {
    throw new WebhookError('too_old', `The request was signed more than ${toleranceSeconds} s from now`);
  }
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
  const signed = concat(new TextEncoder().encode(`${id}.${timestamp}.`), typeof body === 'string' ? new TextEncoder().encode(body) : body);
  const sent = signatures.split(' ').flatMap((each) => (each.startsWith('v1,') ? (fromBase64(each.slice(3)) ?? []) : []));
  if (!(await fitsAny(signed, sent, [secrets].flat()))) throw new WebhookError('signature', 'No signature of the request fits');
  return { id, event: eventIn<Event>(text) };
}

async function fitsAny(
  signed: Uint8Array<ArrayBuffer>,
  sent: readonly Uint8Array<ArrayBuffer>[],
  secrets: readonly string[],
): Promise<boolean> {
  let fits = false;
  for (const secret of secrets) {
    const raw = fromBase64(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret);
    if (raw === null || raw.length === 0) throw new TypeError('A secret of a webhook is whsec_ and base64');
    const key = await crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
    // `verify` compares in constant time.
    for (const signature of sent) if (await crypto.subtle.verify('HMAC', key, signature, signed)) fits = true;
  }
  return fits;
}

function eventIn<Event extends { type: string }>(text: string): Event {
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch {
    event = null;
  }
  if (typeof event !== 'object' || event === null || typeof (event as AnyWebhookEvent).type !== 'string') {
    throw new WebhookError('malformed', 'The body is no event');
  }
  return event as Event;
}

function headerOf(headers: WebhookRequest['headers'], name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(name) ?? undefined;
  const value = headers[name];
  return typeof value === 'string' ? value : value?.[0];
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}

/** Null for what is no base64. */
function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}
