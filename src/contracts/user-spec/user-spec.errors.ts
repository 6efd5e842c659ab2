import type { FieldRule } from '../../common/declared.js';
import { type AppError, InvalidRequestError } from '../../common/errors.js';
import { fieldMessage } from '../shared/field-message.js';
import { type Failure, type FailureTable, type FailuresByCode, renderFailuresBy } from '../shared/failures.js';

function failed(message: string, status = 400): Failure {
  return { status, body: { status, message, data: null, refrence: null, error: true } };
}

export const USERNAME_INVALID = failed('username must be a valid email address');
export const USERNAME_TAKEN = failed('username already exist');
export const PASSWORD_SHORT = failed('password must be at least 6 characters');
export const NO_MATCH = failed('username and password not match');
export const ACCESS_TOKEN_INVALID = failed('please provided a valid access_token!');

const REFRESH_TOKEN_INVALID = failed('please provided a valid refresh_token!');
const RESET_TOKEN_INVALID = failed('please provided a valid reset_password_token!');

const TOO_LARGE = failed('the request is too large', 413);
const UNSUPPORTED = failed('send the body as JSON, urlencoded or form-data', 415);
const THROTTLED = failed('too many requests, try again later', 429);
const UNAVAILABLE = failed('the server is busy, try again in a moment', 503);
const UNEXPECTED = failed('something went wrong', 500);

/** Failures of any operation, for its documentation. */
export const ANY_FAILURES = [THROTTLED, UNEXPECTED, UNAVAILABLE];

/** Failures of any operation that takes a body, for its documentation. */
export const BODY_FAILURES = [TOO_LARGE, UNSUPPORTED];

/** Failure of an operation with a refresh token, for any problem with that token. */
export const REFRESH_FAILURES: FailuresByCode = {
  'access.unauthenticated': REFRESH_TOKEN_INVALID,
  'refresh_token.invalid': REFRESH_TOKEN_INVALID,
  'refresh_token.reused': REFRESH_TOKEN_INVALID,
};

/** Failure of an operation with the token of a reset link, for any problem with that token. */
export const RESET_FAILURES: FailuresByCode = {
  'access.unauthenticated': RESET_TOKEN_INVALID,
  'challenge.invalid': RESET_TOKEN_INVALID,
  'challenge.expired': RESET_TOKEN_INVALID,
};

const FAILURES: FailureTable = {
  kinds: {
    'bad-request': invalid,
    'too-large': TOO_LARGE,
    'unsupported-media-type': UNSUPPORTED,
    throttled: THROTTLED,
    'unknown-route': failed('there is nothing at this address', 404),
    'wrong-method': failed('the method is not allowed at this address', 405),
    // The account of the token was deleted.
    'not-found': ACCESS_TOKEN_INVALID,
    'token-missing': ACCESS_TOKEN_INVALID,
    'token-invalid': ACCESS_TOKEN_INVALID,
    'token-expired': ACCESS_TOKEN_INVALID,
    'token-revoked': ACCESS_TOKEN_INVALID,
    'refresh-token-invalid': REFRESH_TOKEN_INVALID,
    forbidden: ACCESS_TOKEN_INVALID,
    'bad-credentials': NO_MATCH,
    'not-allowed-yet': (error) => failed(error.message),
    'code-invalid': RESET_TOKEN_INVALID,
    'code-expired': RESET_TOKEN_INVALID,
    taken: USERNAME_TAKEN,
    conflict: (error) => failed(error.message),
    'storage-full': failed('there is no room left to store the file', 507),
    unavailable: UNAVAILABLE,
    unexpected: UNEXPECTED,
  },
};

export const renderFailure = renderFailuresBy(FAILURES);

/** Rules that a field breaks which holds no text. */
const NO_TEXT: readonly FieldRule[] = ['required', 'isString'];

/** The first problem in the document's words, if it has any for one of them; else a sentence for each. */
function invalid(error: AppError): Failure {
  const problems = error instanceof InvalidRequestError ? error.problems : [];
  if (problems.some(({ pointer }) => /^\/username(?:\/|$)/.test(pointer))) return USERNAME_INVALID;
  const short = problems.find(({ pointer, rule }) => pointer === '/password' && ['password.too_short', ...NO_TEXT].includes(rule));
  // Accounts with elevated roles have a longer minimum, which the document's words would hide.
  const isDocumented = short !== undefined && (NO_TEXT.includes(short.rule) || / 6 /.test(short.detail));
  return isDocumented ? PASSWORD_SHORT : failed(fieldMessage(error));
}
