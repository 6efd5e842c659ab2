import { AppError } from '../../common/errors.js';

/** The request is not of the provider, or was made too long ago. It says no more: whoever forges one learns nothing. */
export class UnsignedReportError extends AppError {
  override readonly code = 'access.unauthenticated';
  constructor() {
    super('The signature, or the password, of this report is not right.');
  }
}
