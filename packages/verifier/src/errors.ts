/**
 * Why a token was not accepted. The first three are the caller's affair (answer 401), the last one is not (answer 503): the server
 * can neither be followed nor asked, and a token that may have been revoked is not accepted.
 */
export type VerifierErrorCode = 'token.invalid' | 'token.expired' | 'token.revoked' | 'verifier.unavailable';

export class VerifierError extends Error {
  override readonly name = 'VerifierError';

  constructor(
    readonly code: VerifierErrorCode,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
  }

  /** The HTTP status to answer with. */
  get status(): 401 | 503 {
    return this.code === 'verifier.unavailable' ? 503 : 401;
  }
}
