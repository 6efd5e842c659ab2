import { AppError } from '../../common/errors.js';

/** Told only to the account's owner. */
export class MobileUnreachableError extends AppError {
  override readonly code = 'user.mobile_unreachable';
  constructor() {
    super('The account has no mobile number that a text message can be sent to.');
  }
}
