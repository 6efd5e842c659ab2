import { AppError } from '../common/errors.js';

/** The access token is malformed, forged, of another kind, or for somebody else. */
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

export class InvalidRefreshTokenError extends AppError {
  override readonly code = 'refresh_token.invalid';
  constructor() {
    super('The refresh token is not valid any more. Sign in again.');
  }
}

/** A refresh token that this server made, of a session that has ended. The same to callers, unless a wire format tells it. */
export class SessionEndedError extends InvalidRefreshTokenError {}

/** A refresh token that was exchanged before came back: somebody has a copy, so its whole session was ended. */
export class RefreshTokenReusedError extends AppError {
  override readonly code = 'refresh_token.reused';
  constructor() {
    super('This refresh token was used before. The session has been ended for safety; sign in again.');
  }
}

/** There is no such session, or it is somebody else's. */
export class SessionNotFoundError extends AppError {
  override readonly code = 'session.not_found';
  constructor() {
    super('You have no such session.');
  }
}

/** The account's sessions were ended, or it was disabled, while a sign-in was under way. */
export class SessionRefusedError extends Error {}

/** The code or link is unknown, used, replaced by a newer one, for something else, or was tried too often. */
export class InvalidChallengeError extends AppError {
  override readonly code = 'challenge.invalid';
  constructor() {
    super('This code or link is not valid any more. Ask for a new one.');
  }
}

/** The mail that a grant names has served already: no code will do any more. The same to callers, unless a wire format tells it. */
export class UsedChallengeError extends InvalidChallengeError {}

/** The code or link is genuine and too old. */
export class ChallengeExpiredError extends AppError {
  override readonly code = 'challenge.expired';
  constructor() {
    super('This code or link has expired. Ask for a new one.');
  }
}
