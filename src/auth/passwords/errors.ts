import { AppError } from '../../common/errors.js';

/** One answer for an unknown identifier and a wrong password. */
export class BadCredentialsError extends AppError {
  override readonly code = 'auth.bad_credentials';
  constructor() {
    super('The identifier or the password is wrong.');
  }
}

/** A link alone proves the mailbox, not that the account was made by its reader. */
export class ProofRequiredError extends AppError {
  override readonly code = 'auth.proof_required';
  constructor() {
    super('Send the password of the account along, a session of it, or a newPassword.');
  }
}
