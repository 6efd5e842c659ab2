import { AppError } from '../../common/errors.js';

/** Nobody makes an account here without an administrator. */
export class RegistrationClosedError extends AppError {
  override readonly code = 'registration.closed';
  constructor() {
    super('Nobody can register on this server. Its administrators make the accounts.');
  }
}

/** An administrator has to invite somebody first. */
export class InvitationRequiredError extends AppError {
  override readonly code = 'registration.invitation_required';
  constructor() {
    super('This server makes accounts only for people who are invited.');
  }
}

/** Accounts of this server have e-mail addresses of certain domains. */
export class DomainNotAllowedError extends AppError {
  override readonly code = 'registration.domain_not_allowed';
  constructor() {
    super('This server takes only e-mail addresses of certain domains.');
  }
}
