import { AppError } from '../../common/errors.js';

/** Told only after the right password. */
export class AccountDisabledError extends AppError {
  override readonly code = 'auth.account_disabled';
  constructor() {
    super('This account is disabled.');
  }
}

/** Told only after the right password. */
export class UnverifiedError extends AppError {
  override readonly code = 'auth.unverified';
  constructor() {
    super('Confirm your e-mail address before you sign in.');
  }
}

/** Told only after the right password, to apps in which an account has to be activated. */
export class NotActivatedError extends AppError {
  override readonly code = 'auth.not_activated';
  constructor() {
    super('This account is not activated yet.');
  }
}
