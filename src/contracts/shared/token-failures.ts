import { AUTHORIZATION } from '../../common/access.js';
import { RefreshTokenReusedError, SessionEndedError } from '../../tokens/sessions/errors.js';
import type { Failure, FailureOf, FailureTable } from './failures.js';
import { carriesToken } from './token.js';

function refused(status: 401 | 422, msg: string): Failure {
  return { status, body: { msg } };
}

/** Failures of every operation with a token, in the texts of the library that the original server used. */
export const TOKEN_FAILURES = {
  missing: refused(401, 'Missing Authorization Header'),
  expired: refused(401, 'Token has expired'),
  revoked: refused(401, 'Token has been revoked'),
  forged: refused(422, 'Signature verification failed'),
  noJwt: refused(422, 'Invalid header padding'),
};

const invalid: FailureOf = (_error, request) => (carriesToken(request, AUTHORIZATION) ? TOKEN_FAILURES.forged : TOKEN_FAILURES.noJwt);

const refreshInvalid: FailureOf = (error, request) =>
  error instanceof SessionEndedError || error instanceof RefreshTokenReusedError ? TOKEN_FAILURES.revoked : invalid(error, request);

/** The part of such a contract's error table that is about tokens. */
export const TOKEN_KINDS = {
  'token-missing': TOKEN_FAILURES.missing,
  'token-invalid': invalid,
  'token-expired': TOKEN_FAILURES.expired,
  'token-revoked': TOKEN_FAILURES.revoked,
  'refresh-token-invalid': refreshInvalid,
} satisfies Partial<FailureTable['kinds']>;
