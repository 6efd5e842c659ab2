import { UsedChallengeError } from '../../tokens/challenges/errors.js';
import { type Failure, type FailureTable, type FailuresByCode, breaksRule, renderFailuresBy } from '../shared/failures.js';
import { SAME_AS } from '../shared/same-as.js';

function failed(status: number, message: string): Failure {
  return { status, body: { message, status } };
}

/** A failure of a token. */
function refused(status: 401 | 422, msg: string): Failure {
  return { status, body: { msg } };
}

/** Failures of every operation that requires a token, for its documentation. */
export const TOKEN_FAILURES = {
  missing: refused(401, 'Missing access_token Header'),
  expired: refused(401, 'Token has expired'),
  revoked: refused(401, 'Token has been revoked'),
  forged: refused(422, 'Signature verification failed'),
};

export const BAD_REQUEST = failed(400, 'BAD REQUEST');
export const UNAUTHORIZED = failed(401, 'ACCESS UNAUTHORIZED');
export const NOT_FOUND = failed(404, 'NOT FOUND');

const TOO_LARGE = failed(413, 'REQUEST ENTITY TOO LARGE');
const UNSUPPORTED = failed(415, 'UNSUPPORTED MEDIA TYPE');
const THROTTLED = failed(429, 'TOO MANY REQUESTS');
const STORAGE_FULL = failed(507, 'INSUFFICIENT STORAGE');
const UNAVAILABLE = failed(503, 'SERVICE UNAVAILABLE');
const UNEXPECTED = failed(500, 'INTERNAL SERVER ERROR');

/** Failures of every operation that takes a body, for its documentation. */
export const BODY_FAILURES = [BAD_REQUEST, TOO_LARGE, UNSUPPORTED];

/** Failures of every operation, for its documentation. */
export const SERVER_FAILURES = [THROTTLED, UNEXPECTED, UNAVAILABLE];

/** Failure of signing in: the document has no other. */
export const LOGIN_FAILURES: FailuresByCode = { 'request.invalid': UNAUTHORIZED, 'auth.bad_credentials': UNAUTHORIZED };

/** Failures of uploading a picture. */
export const PICTURE_FAILURES: FailuresByCode = { 'request.unsupported_media_type': BAD_REQUEST, 'storage.full': STORAGE_FULL };

const OTP_WRONG = failed(401, 'OTP not match');
const PASSWORDS_DIFFER = failed(400, "Passwords don't match");

/** Failures of resetting the password. The token and the OTP belong to one mail and have the same lifetime. */
export const RESET_FAILURES: FailuresByCode = {
  'request.invalid': (error) => (breaksRule(error, SAME_AS) ? PASSWORDS_DIFFER : BAD_REQUEST),
  'challenge.invalid': (error) => (error instanceof UsedChallengeError ? TOKEN_FAILURES.revoked : OTP_WRONG),
};

/** The same, for its documentation. */
export const RESET_ANSWERS = [PASSWORDS_DIFFER, OTP_WRONG, ...Object.values(TOKEN_FAILURES)];

const FAILURES: FailureTable = {
  kinds: {
    'bad-request': BAD_REQUEST,
    'too-large': TOO_LARGE,
    'unsupported-media-type': UNSUPPORTED,
    throttled: THROTTLED,
    'unknown-route': NOT_FOUND,
    'wrong-method': failed(405, 'METHOD NOT ALLOWED'),
    'not-found': NOT_FOUND,
    'token-missing': TOKEN_FAILURES.missing,
    'token-invalid': TOKEN_FAILURES.forged,
    'token-expired': TOKEN_FAILURES.expired,
    'token-revoked': TOKEN_FAILURES.revoked,
    'refresh-token-invalid': TOKEN_FAILURES.forged,
    forbidden: UNAUTHORIZED,
    'bad-credentials': UNAUTHORIZED,
    'not-allowed-yet': UNAUTHORIZED,
    'code-invalid': OTP_WRONG,
    'code-expired': TOKEN_FAILURES.expired,
    taken: BAD_REQUEST,
    conflict: BAD_REQUEST,
    'storage-full': STORAGE_FULL,
    unavailable: UNAVAILABLE,
    unexpected: UNEXPECTED,
  },
};

export const renderFailure = renderFailuresBy(FAILURES);
