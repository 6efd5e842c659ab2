import type { ErrorCode } from '../../common/error-codes.js';

/** What a failure is about, as far as a contract tells failures apart; single codes can be told apart by a table of their own. */
export type ErrorKind =
  | 'bad-request'
  | 'too-large'
  | 'unsupported-media-type'
  | 'throttled'
  | 'unknown-route'
  | 'wrong-method'
  | 'not-found'
  | 'token-missing'
  | 'token-invalid'
  | 'token-expired'
  | 'token-revoked'
  | 'refresh-token-invalid'
  | 'forbidden'
  | 'bad-credentials'
  | 'not-allowed-yet'
  | 'code-invalid'
  | 'code-expired'
  | 'taken'
  | 'conflict'
  | 'storage-full'
  | 'unavailable'
  | 'unexpected';

/** The kind of every failure. A new code does not compile until it has one. */
export const KIND_OF = {
  'request.malformed': 'bad-request',
  'request.invalid': 'bad-request',
  'request.timeout': 'bad-request',
  'request.too_large': 'too-large',
  'request.headers_too_large': 'too-large',
  'request.unsupported_media_type': 'unsupported-media-type',
  'request.throttled': 'throttled',
  'request.precondition_failed': 'conflict',
  'request.origin_refused': 'forbidden',
  'idempotency.key_invalid': 'bad-request',
  'idempotency.key_reused': 'bad-request',
  'idempotency.in_progress': 'conflict',
  'route.not_found': 'unknown-route',
  'route.method_not_allowed': 'wrong-method',
  'access.unauthenticated': 'token-missing',
  'access.forbidden': 'forbidden',
  'token.invalid': 'token-invalid',
  'token.expired': 'token-expired',
  'token.revoked': 'token-revoked',
  'refresh_token.invalid': 'refresh-token-invalid',
  'refresh_token.reused': 'refresh-token-invalid',
  'session.not_found': 'not-found',
  'oauth.invalid_client': 'forbidden',
  'oauth.invalid_request': 'bad-request',
  'auth.bad_credentials': 'bad-credentials',
  'auth.account_disabled': 'not-allowed-yet',
  'auth.unverified': 'not-allowed-yet',
  'auth.not_activated': 'not-allowed-yet',
  'auth.proof_required': 'bad-credentials',
  'challenge.invalid': 'code-invalid',
  'challenge.expired': 'code-expired',
  'challenge.exhausted': 'throttled',
  'user.not_found': 'not-found',
  'user.email_taken': 'taken',
  'user.username_taken': 'taken',
  'user.mobile_taken': 'taken',
  'user.mobile_unreachable': 'conflict',
  'user.email_missing': 'conflict',
  'user.last_admin': 'conflict',
  'book.not_found': 'not-found',
  'book.isbn_taken': 'taken',
  'sms.not_configured': 'conflict',
  'availability.private': 'forbidden',
  'storage.full': 'storage-full',
  'server.busy': 'unavailable',
  'server.unavailable': 'unavailable',
  'server.error': 'unexpected',
} as const satisfies Record<ErrorCode, ErrorKind>;
