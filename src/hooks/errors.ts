import { AppError } from '../common/errors.js';

/** The operator's service does not allow it. */
export class HookDeniedError extends AppError {
  override readonly code = 'hook.denied';
}

/** After so long a client may try again, seconds. */
const RETRY_SECONDS = 5;

/** The operator's service gave no usable answer, and without one nothing is allowed. */
export class HookUnavailableError extends AppError {
  override readonly code = 'hook.unavailable';
  override readonly retryAfterSeconds = RETRY_SECONDS;
  constructor() {
    super('A service that decides about this does not answer at the moment. Try again in a few seconds.');
  }
}
