/**
 * Why a request was not let in. `access.*`, `token.*` and `auth.*` are answered as the server itself answers them. `verifier.misconfigured`
 * lasts until somebody changes a setting; `verifier.unavailable` passes by itself. In both cases no token is accepted.
 */
export type VerifierErrorCode =
  | 'access.unauthenticated'
  | 'token.invalid'
  | 'token.expired'
  | 'token.revoked'
  | 'auth.step_up_required'
  | 'access.forbidden'
  | 'verifier.misconfigured'
  | 'verifier.unavailable';

/**
 * What is wrong with the verifier. A setting: `server` (no Latchkey at this address), `issuer`, `audience`, `credentials`. What could not be
 * reached: `stream` (of ended sessions), `keys`, `introspection`.
 */
export type VerifierReason = 'server' | 'issuer' | 'audience' | 'credentials' | 'stream' | 'keys' | 'introspection';

/** HTTP statuses by code. */
const STATUSES = {
  'access.unauthenticated': 401,
  'token.invalid': 401,
  'token.expired': 401,
  'token.revoked': 401,
  'auth.step_up_required': 401,
  'access.forbidden': 403,
  'verifier.misconfigured': 500,
  'verifier.unavailable': 503,
} as const satisfies Record<VerifierErrorCode, number>;

/** What a token lacks (RFC 9470 §3), in the words of the challenge. */
export interface StepUp {
  /** Acceptable levels, separated by spaces. */
  acr_values?: string;
  /** Longest time since the person last proved who they are, seconds. */
  max_age?: number;
}

/** The message is for developers and logs; it names addresses of servers, so it is not sent to callers. */
export class VerifierError extends Error {
  override readonly name = 'VerifierError';
  /** With `verifier.misconfigured` and `verifier.unavailable`. */
  readonly reason: VerifierReason | undefined;
  /** With `auth.step_up_required`. */
  readonly stepUp: StepUp | undefined;

  constructor(
    readonly code: VerifierErrorCode,
    message: string,
    details: { reason?: VerifierReason; stepUp?: StepUp; cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause });
    this.reason = details.reason;
    this.stepUp = details.stepUp;
  }

  /** The HTTP status to answer with. */
  get status(): 401 | 403 | 500 | 503 {
    return STATUSES[this.code];
  }
}

export function misconfigured(reason: VerifierReason, message: string, cause?: unknown): VerifierError {
  return new VerifierError('verifier.misconfigured', message, { reason, cause });
}

export function unavailable(reason: VerifierReason, message: string, cause?: unknown): VerifierError {
  return new VerifierError('verifier.unavailable', message, { reason, cause });
}
