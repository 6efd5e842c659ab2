import { AppError } from '../../common/errors.js';

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
