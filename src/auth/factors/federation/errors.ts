import { AppError } from '../../../common/errors.js';

/** Whoever comes back from a provider has to be the browser that was sent there. */
export class OtherBrowserError extends AppError {
  override readonly code = 'sign_in.other_browser';
  constructor() {
    super('This sign-in began in another browser. Begin a new one in this one.');
  }
}

export class SignUpsClosedError extends AppError {
  override readonly code = 'provider.sign_ups_closed';
  constructor() {
    super('Nobody has this identity, and the provider makes no accounts here.');
  }
}

/** An account is made with a proven address, or not at all. */
export class EmailUnprovenError extends AppError {
  override readonly code = 'provider.email_unproven';
  constructor() {
    super('The provider names no e-mail address of which it says that it is proven.');
  }
}

/** Never says to whom. */
export class LinkRequiredError extends AppError {
  override readonly code = 'identity.link_required';
  constructor() {
    super('Sign in another way first, and link the identity then.');
  }
}
