import { AppError } from '../../common/errors.js';

export class InvitationNotFoundError extends AppError {
  override readonly code = 'invitation.not_found';
  constructor() {
    super('There is no open invitation with this id.');
  }
}

/** Never says which address it is for: the caller may be anybody who got hold of the link. */
export class OtherAddressError extends AppError {
  override readonly code = 'invitation.other_address';
  constructor() {
    super('The invitation is for another e-mail address than the proven one of this account.');
  }
}

/** Told only to the reader of the address. */
export class AccountExistsError extends AppError {
  override readonly code = 'invitation.account_exists';
  constructor() {
    super('There is an account with this address. Accept the invitation without a password: the account keeps the one that it has.');
  }
}

/** Told only to the reader of the address. */
export class InvitedAccountDisabledError extends AppError {
  override readonly code = 'invitation.account_disabled';
  constructor() {
    super('The account with this address is disabled. The invitation stays open until it expires.');
  }
}
