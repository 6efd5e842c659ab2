import type { AssuranceLevel } from '../../common/access.js';
import { AppError } from '../../common/errors.js';
import { assuranceClass } from './assurance.js';

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

/** The caller has to show another proof, or a fresh one (RFC 9470 §3). */
export class StepUpRequiredError extends AppError {
  override readonly code = 'auth.step_up_required';
  override readonly challenge: string;
  override readonly members: Readonly<Record<string, unknown>>;

  /** @param maxAgeSeconds how long ago the proof may have been shown */
  constructor(level: AssuranceLevel, maxAgeSeconds?: number) {
    super(
      level > 1
        ? 'Confirm with your second factor or a passkey that it is you.'
        : 'Confirm once more that it is you: you signed in too long ago.',
    );
    const acr = assuranceClass(level);
    const age = maxAgeSeconds === undefined ? '' : `, max_age="${maxAgeSeconds}"`;
    this.challenge = `Bearer error="insufficient_user_authentication", acr_values="${acr}"${age}`;
    this.members = { acrValues: acr, ...(maxAgeSeconds === undefined ? {} : { maxAge: maxAgeSeconds }) };
  }
}
