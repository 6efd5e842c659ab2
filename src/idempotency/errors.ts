import { AppError } from '../common/errors.js';

export class InvalidIdempotencyKeyError extends AppError {
  override readonly code = 'idempotency.key_invalid';
  constructor(maxChars: number) {
    super(`Use 1 to ${maxChars} visible ASCII characters as Idempotency-Key, best a UUID.`);
  }
}

/** The key was used before with another body. That earlier request stays valid. */
export class IdempotencyKeyReusedError extends AppError {
  override readonly code = 'idempotency.key_reused';
  constructor() {
    super('This Idempotency-Key was used for another request. Use a new one.');
  }
}

/** The first request with this key is still running. */
export class RequestInProgressError extends AppError {
  override readonly code = 'idempotency.in_progress';
  constructor(override readonly retryAfterSeconds: number = 1) {
    super('The request with this Idempotency-Key is being done. Repeat it in a moment.');
  }
}
