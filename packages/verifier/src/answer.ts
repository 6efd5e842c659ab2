import type { VerifierError, VerifierErrorCode } from './errors.js';

/** How a request is refused over HTTP. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** The sentence of each code, and its error code in the challenge (RFC 6750 §3.1, RFC 9470 §3); without a token there is none. */
const REFUSALS = {
  'access.unauthenticated': { title: 'An access token is required', challenge: null },
  'token.invalid': { title: 'The access token is not valid', challenge: 'invalid_token' },
  'token.expired': { title: 'The access token has expired', challenge: 'invalid_token' },
  'token.revoked': { title: 'The access token has been revoked', challenge: 'invalid_token' },
  'auth.step_up_required': { title: 'Sign in again, or more strongly', challenge: 'insufficient_user_authentication' },
  'access.forbidden': { title: 'Not allowed', challenge: 'insufficient_scope' },
  'verifier.misconfigured': { title: 'This backend cannot check access tokens', challenge: null },
  'verifier.unavailable': { title: 'Access tokens cannot be checked at the moment', challenge: null },
} as const satisfies Record<VerifierErrorCode, { title: string; challenge: string | null }>;

/** When to try again, seconds: the stream is usually back by then. */
const RETRY_AFTER_SECONDS = 2;

/** Problem details (RFC 9457) as the server sends them, with a challenge (RFC 6750 §3). They do not contain the error's message. */
export function toAnswer(error: VerifierError): Answer {
  const { code, status, stepUp } = error;
  const { title } = REFUSALS[code];
  const headers: Record<string, string> = { 'content-type': 'application/problem+json', 'cache-control': 'no-store' };
  if (status === 401 || status === 403) headers['www-authenticate'] = challengeOf(error);
  if (status === 503) headers['retry-after'] = String(RETRY_AFTER_SECONDS);
  const body = JSON.stringify({ type: `urn:latchkey:problem:${code}`, title, status, detail: `${title}.`, code, ...stepUp });
  return { status, headers, body };
}

function challengeOf({ code, stepUp = {} }: VerifierError): string {
  const { title, challenge } = REFUSALS[code];
  if (challenge === null) return 'Bearer';
  const parameters = { error: challenge, error_description: title, ...stepUp };
  return `Bearer ${Object.entries(parameters)
    .map(([name, value]) => `${name}="${String(value).replace(/["\\]/g, '')}"`)
    .join(', ')}`;
}
