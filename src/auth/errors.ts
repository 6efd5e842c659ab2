import { AppError } from '../common/errors.js';
import { InvalidChallengeError } from '../tokens/errors.js';

/** One answer for an unknown identifier and a wrong password. */
export class BadCredentialsError extends AppError {
  override readonly code = 'auth.bad_credentials';
  constructor() {
    super('The identifier or the password is wrong.');
  }
}

/** No account has the identifier that came with a code or link. Reads like any other refusal, but where a wire format tells it apart. */
export class UnknownIdentifierError extends InvalidChallengeError {}

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

/** A link alone proves the mailbox, not that the account was made by its reader. */
export class ProofRequiredError extends AppError {
  override readonly code = 'auth.proof_required';
  constructor() {
    super('Send the password of the account along, a session of it, or a newPassword.');
  }
}

/** The request may have been sent by a page that is none of ours. */
export class OriginRefusedError extends AppError {
  override readonly code = 'request.origin_refused';
}

/** With `ACCOUNT_PRIVACY=strict` nobody is told which addresses are registered. */
export class AvailabilityPrivateError extends AppError {
  override readonly code = 'availability.private';
  constructor() {
    super('This server tells nobody which e-mail addresses are registered.');
  }
}

/** Told only to the account's owner. */
export class MobileUnreachableError extends AppError {
  override readonly code = 'user.mobile_unreachable';
  constructor() {
    super('The account has no mobile number that a text message can be sent to.');
  }
}

/** No provider of text messages is set, and there is no mailbox to show them in. */
export class SmsNotConfiguredError extends AppError {
  override readonly code = 'sms.not_configured';
  constructor() {
    super('This server sends no text messages.');
  }
}
