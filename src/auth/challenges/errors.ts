import { AppError } from '../../common/errors.js';
import { InvalidChallengeError } from '../../tokens/challenges/errors.js';

/** No account has the identifier that came with a code or link. Reads like any other refusal, but where a wire format tells it apart. */
export class UnknownIdentifierError extends InvalidChallengeError {}

/** No provider of text messages is set, and there is no mailbox to show them in. */
export class SmsNotConfiguredError extends AppError {
  override readonly code = 'sms.not_configured';
  constructor() {
    super('This server sends no text messages.');
  }
}
