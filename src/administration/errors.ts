import { AppError } from '../common/errors.js';

/** Only administrators get this error: it reveals that the account has no e-mail address. */
export class NoEmailError extends AppError {
  override readonly code = 'user.email_missing';
  constructor() {
    super('The account has no e-mail address that is known to be its owner’s, so no mail could go out.');
  }
}
