import { AppError } from '../common/errors.js';
import { isForeignKeyViolation, isUniqueViolation } from '../database/database-errors.js';

export class UserNotFoundError extends AppError {
  override readonly code = 'user.not_found';
  constructor() {
    super('There is no such user.');
  }
}

/** Somebody must be left who can administer the installation. */
export class LastAdminError extends AppError {
  override readonly code = 'user.last_admin';
  constructor() {
    super('This is the last administrator. Make another account an administrator first.');
  }
}

export class EmailTakenError extends AppError {
  override readonly code = 'user.email_taken';
  constructor(cause?: unknown) {
    super('This e-mail address is already registered.', { cause });
  }
}

export class UsernameTakenError extends AppError {
  override readonly code = 'user.username_taken';
  constructor(cause?: unknown) {
    super('This username is already taken.', { cause });
  }
}

export class MobileTakenError extends AppError {
  override readonly code = 'user.mobile_taken';
  constructor(cause?: unknown) {
    super('This mobile number is already registered.', { cause });
  }
}

/** What a broken unique constraint of accounts means; any other error as it is. */
export function takenError(error: unknown): unknown {
  if (isUniqueViolation(error, 'uq_users_email')) return new EmailTakenError(error);
  if (isUniqueViolation(error, 'uq_users_username')) return new UsernameTakenError(error);
  if (isUniqueViolation(error, 'uq_users_mobile')) return new MobileTakenError(error);
  return error;
}

/** Whether an account was deleted while something was done about it. To callers who are not told who has one, that is no failure. */
export function isAccountGone(error: unknown): boolean {
  return error instanceof UserNotFoundError || isForeignKeyViolation(error, /^fk_\w+_user$/);
}
