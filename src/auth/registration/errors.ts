import { AppError } from '../../common/errors.js';

/** With `ACCOUNT_PRIVACY=strict` nobody is told which addresses are registered. */
export class AvailabilityPrivateError extends AppError {
  override readonly code = 'availability.private';
  constructor() {
    super('This server tells nobody which e-mail addresses are registered.');
  }
}
