import { AppError } from '../common/errors.js';
import { isForeignKeyViolation, isUniqueViolation } from '../database/database-errors.js';

export class UserNotFoundError extends AppError {
  override readonly code = 'user.not_found';
  constructor() {
    super('There is no such user.');
  }
}

/** At least one enabled administrator must remain. */
export class LastAdminError extends AppError {
  override readonly code = 'user.last_admin';
  constructor() {
    super('This is the last administrator. Make another account an administrator first.');
  }
}

export class EmailTakenError extends AppError {
  override readonly code: 'user.email_taken' | 'user.email_unproven' = 'user.email_taken';
  constructor(cause?: unknown, message = 'This e-mail address is already registered.') {
    super(message, { cause });
  }
}

/** An account registered with the address and has not proven it; a code and a link that let its owner claim it are on their way. */
export class EmailUnprovenError extends EmailTakenError {
  override readonly code = 'user.email_unproven';
  constructor(cause?: unknown) {
    super(cause, 'This e-mail address is registered, but nobody has proven it. If it is yours, use the code or the link in your mail.');
  }
}

export class UsernameTakenError extends AppError {
  override readonly code = 'user.username_taken';
  constructor(cause?: unknown) {
    super('This username is already taken.', { cause });
  }
}

export class MobileTakenError extends AppError {
  override readonly code: 'user.mobile_taken' | 'user.mobile_unproven' = 'user.mobile_taken';
  constructor(cause?: unknown, message = 'This mobile number is already registered.') {
    super(message, { cause });
  }
}

/** An account registered with the number and has not proven it; a code that lets its owner claim it is on its way. */
export class MobileUnprovenError extends MobileTakenError {
  override readonly code = 'user.mobile_unproven';
  constructor(cause?: unknown) {
    super(cause, 'This mobile number is registered, but nobody has proven it. If it is yours, use the code in your text message.');
  }
}

/** Told to administrators only. */
export class PasswordEndedError extends AppError {
  override readonly code = 'user.password_ended';
  constructor() {
    super('Somebody put an end to the password of this account. It takes a new one.');
  }
}

/** Converts the violation of a unique constraint to its domain error; returns any other error unchanged. */
export function takenError(error: unknown): unknown {
  if (isUniqueViolation(error, 'uq_users_email')) return new EmailTakenError(error);
  if (isUniqueViolation(error, 'uq_users_username')) return new UsernameTakenError(error);
  if (isUniqueViolation(error, 'uq_users_mobile')) return new MobileTakenError(error);
  return error;
}

/** Whether the account was deleted during the operation. Operations that must not reveal who has an account treat this as success. */
export function isAccountGone(error: unknown): boolean {
  return error instanceof UserNotFoundError || isForeignKeyViolation(error, /^fk_\w+_user$/);
}
