import { AppError } from '../../common/errors.js';

export class IdentityNotFoundError extends AppError {
  override readonly code = 'identity.not_found';
  constructor() {
    super('There is no such identity.');
  }
}

/** Never says whose it is. */
export class IdentityLinkedElsewhereError extends AppError {
  override readonly code = 'identity.linked_elsewhere';
  constructor() {
    super('This identity signs in to another account.');
  }
}

export class LastIdentityError extends AppError {
  override readonly code = 'identity.last_way_in';
  constructor() {
    super('You could not sign in any more. Set a password, or add a passkey, before you unlink this.');
  }
}

export class TooManyIdentitiesError extends AppError {
  override readonly code = 'identity.too_many';
  constructor() {
    super('The account has too many identities. Unlink one that is not used any more.');
  }
}
