import { AppError } from '../common/errors.js';

/** Told to administrators only. */
export class NoEmailError extends AppError {
  override readonly code = 'user.email_missing';
  constructor() {
    super('The account has no e-mail address that a mail could go to.');
  }
}
