import { AppError } from '../../common/errors.js';

/** A wrong code, passkey or recovery code: one failure for all, so that it does not tell which of them the account has. */
export class InvalidFactorError extends AppError {
  override readonly code = 'factor.invalid';
  constructor(message = 'This is not right, or was used already. Try again with a new one.', cause?: unknown) {
    super(message, { cause });
  }
}

/** A mailed code or link alone does not do for this account. */
export class SecondFactorMissingError extends AppError {
  override readonly code = 'auth.second_factor_required';
  constructor() {
    super('This account also needs its second factor.');
  }
}

/** Too many wrong codes of an account; its password is not affected. */
export class FactorThrottledError extends AppError {
  override readonly code = 'factor.throttled';
  constructor(override readonly retryAfterSeconds: number) {
    super('Too many wrong codes. Wait before the next one.');
  }
}

export class AuthenticatorNotFoundError extends AppError {
  override readonly code = 'authenticator.not_found';
  constructor() {
    super('Your account has no such authenticator.');
  }
}

/** An authenticator that nobody confirmed yet, or whose time to be confirmed is over. */
export class AuthenticatorUnconfirmedError extends AppError {
  override readonly code = 'authenticator.unconfirmed';
}

export class AuthenticatorExistsError extends AppError {
  override readonly code = 'authenticator.exists';
}

/** Without it nothing would be left to sign in with, or what the account has to have would be missing. */
export class LastWayInError extends AppError {
  override readonly code = 'authenticator.last_way_in';
}

/** The account would need a confirmed authenticator for this. */
export class NoSecondFactorError extends AppError {
  override readonly code = 'authenticator.none';
  constructor() {
    super('Your account has no second factor. Set up an authenticator app or a passkey first.');
  }
}

export class TooManyAuthenticatorsError extends AppError {
  override readonly code = 'authenticator.too_many';
  constructor() {
    super('Your account has too many of them. Remove one that you do not use.');
  }
}

/** The installation demands a second factor of this account, whatever its owner wants. */
export class SecondFactorDemandedError extends AppError {
  override readonly code = 'auth.second_factor_demanded';
  constructor() {
    super('This server demands a second factor of your account.');
  }
}

/** The installation does not offer this way to sign in. */
export class MethodDisabledError extends AppError {
  override readonly code = 'auth.method_disabled';
  constructor() {
    super('This server does not offer that.');
  }
}
