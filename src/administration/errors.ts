import { AppError } from '../common/errors.js';

/** Only administrators get this error: it reveals that the account has no e-mail address. */
export class NoEmailError extends AppError {
  override readonly code = 'user.email_missing';
  constructor() {
    super('The account has no e-mail address that is known to be its owner’s, so no mail could go out.');
  }
}

/** An administrator's own second factors: whoever has got hold of the session would otherwise get rid of them with it. */
export class OwnFactorsError extends AppError {
  override readonly code = 'authenticator.own_account';
  constructor() {
    super('This is your own account. Change its authenticators as any user does, or ask another administrator.');
  }
}
