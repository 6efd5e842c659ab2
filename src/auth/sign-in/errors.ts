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

/** More has to be shown before a session opens. `/v1` answers with the sign-in that goes on; contracts have no field for it. */
export abstract class UnfinishedError extends AppError {
  override readonly members?: Readonly<Record<string, unknown>>;

  /** @param signIn the sign-in in which the rest can be shown, as the API shows it */
  constructor(message: string, signIn?: object) {
    super(message);
    if (signIn !== undefined) this.members = { signIn };
  }
}

export class SecondFactorRequiredError extends UnfinishedError {
  override readonly code = 'auth.second_factor_required';
  constructor(signIn?: object) {
    super('This account also needs its second factor.', signIn);
  }
}

export class EnrollmentRequiredError extends UnfinishedError {
  override readonly code = 'auth.enrollment_required';
  constructor(signIn?: object) {
    super('This account has to set up a second factor first.', signIn);
  }
}

export class NewPasswordRequiredError extends UnfinishedError {
  override readonly code = 'auth.new_password_required';
  constructor(signIn?: object) {
    super('Choose another password: this one does not keep the rules any more.', signIn);
  }
}

/** No such sign-in, or another secret: told apart by nothing. */
export class SignInNotFoundError extends AppError {
  override readonly code = 'sign_in.not_found';
  constructor() {
    super('There is no such sign-in. Begin a new one.');
  }
}

/** Its time is over, it had too many wrong tries, or all sessions of the account ended since. */
export class SignInExpiredError extends AppError {
  override readonly code = 'sign_in.expired';
  override readonly members: Readonly<Record<string, unknown>>;

  /** @param restart what to begin a new one with */
  constructor(restart: { purpose: string; clientId: string; returnTo: string | null }) {
    super('This sign-in is over. Begin a new one.');
    this.members = { restart };
  }
}

/** The step is none of those that the sign-in waits for. */
export class SignInStateError extends AppError {
  override readonly code = 'sign_in.wrong_state';
  constructor(message = 'The sign-in does not wait for this now. Read its status.') {
    super(message);
  }
}
