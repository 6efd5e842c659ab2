import { AppError } from '../../common/errors.js';

/** The client is unknown, its secret is wrong, or it sent none (RFC 6749 §5.2, `invalid_client`). */
export class InvalidClientError extends AppError {
  override readonly code = 'oauth.invalid_client';
  constructor() {
    super('Send the id and secret of a client in OAUTH_CLIENTS, by HTTP Basic or in the form.');
  }
}

/** A parameter is missing, repeated or not text, or the client authenticated in two ways (RFC 6749 §5.2, `invalid_request`). */
export class InvalidOAuthRequestError extends AppError {
  override readonly code = 'oauth.invalid_request';
}
