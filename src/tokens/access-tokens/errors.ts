import { AppError } from '../../common/errors.js';

/** The access token is malformed, forged, of another kind, or for another audience. */
export class InvalidTokenError extends AppError {
  override readonly code = 'token.invalid';
  constructor(cause?: unknown) {
    super('The access token is not valid.', { cause });
  }
}

export class TokenExpiredError extends AppError {
  override readonly code = 'token.expired';
  constructor() {
    super('The access token has expired. Refresh it or sign in again.');
  }
}

export class TokenRevokedError extends AppError {
  override readonly code = 'token.revoked';
  constructor() {
    super('The access token has been revoked. Sign in again.');
  }
}
