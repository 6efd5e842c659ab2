import { AppError } from '../../common/errors.js';

export class UnknownLocaleError extends AppError {
  override readonly code = 'translation.locale_unknown';
  constructor() {
    super('The server does not speak this language.');
  }
}

export class UnknownKeyError extends AppError {
  override readonly code = 'translation.key_unknown';
  constructor() {
    super('There is no text with this key.');
  }
}

export class TranslationNotFoundError extends AppError {
  override readonly code = 'translation.not_found';
  constructor() {
    super('There is no text of your own with this key in this language.');
  }
}
