import { AppError } from '../../common/errors.js';

export class ProviderNotFoundError extends AppError {
  override readonly code = 'provider.not_found';
  constructor() {
    super('There is no such provider.');
  }
}

export class ProviderSlugTakenError extends AppError {
  override readonly code = 'provider.slug_taken';
  constructor(cause?: unknown) {
    super('There is a provider with this slug already.', { cause });
  }
}

/** The setting would win at the next start. */
export class ProviderFromSettingsError extends AppError {
  override readonly code = 'provider.from_settings';
  constructor() {
    super('The setting PROVIDERS sets this provider up. Change it there.');
  }
}

/** Deleting it would take away ways in. */
export class ProviderInUseError extends AppError {
  override readonly code = 'provider.in_use';
  constructor() {
    super('Accounts sign in by this provider. Disable it instead.');
  }
}

/** It does not answer, or not as a provider does: nobody can sign in by it for the moment. */
export class ProviderUnavailableError extends AppError {
  override readonly code = 'provider.unavailable';
  override readonly retryAfterSeconds = 10;
  constructor(cause?: unknown) {
    super('The provider does not answer. Try again, or sign in another way.', { cause });
  }
}

/** Whoever was there did not let us know who they are. */
export class ProviderDeniedError extends AppError {
  override readonly code = 'provider.denied';
  constructor(cause?: unknown) {
    super('The provider signed nobody in.', { cause });
  }
}

/** What came back was not made for this sign-in, or not by this provider. */
export class ProviderAnswerError extends AppError {
  override readonly code = 'provider.answer_invalid';
  constructor(cause?: unknown) {
    super('The answer of the provider is not valid.', { cause });
  }
}

/** Somebody who is signed in at the provider was sent back as they came, or nobody knows. That proves nothing anew. */
export class NotReauthenticatedError extends AppError {
  override readonly code = 'provider.not_reauthenticated';
  constructor() {
    super('The provider does not show that it asked for a proof just now.');
  }
}
