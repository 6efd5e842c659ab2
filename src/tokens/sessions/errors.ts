import { AppError } from '../../common/errors.js';

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

/** The request may have been sent by a page that is none of ours. */
export class OriginRefusedError extends AppError {
  override readonly code = 'request.origin_refused';
}
