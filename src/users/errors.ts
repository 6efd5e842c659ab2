import { AppError } from '../common/errors.js';

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
