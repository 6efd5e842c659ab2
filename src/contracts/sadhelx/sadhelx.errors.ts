import { UnknownIdentifierError } from '../../auth/challenges/errors.js';
import type { AppError } from '../../common/errors.js';
import { fieldMessage } from '../shared/field-message.js';
import { type Failure, type FailureTable, type FailuresByCode, breaksRule, renderFailuresBy } from '../shared/failures.js';
import { SAME_AS } from '../shared/same-as.js';

function failed(status: number, msg: string): Failure {
  return { status, body: { status: false, msg } };
}

export const USERNAME_TAKEN = failed(409, 'User has already been taken');
export const EMAIL_TAKEN = failed(409, 'Email has already been taken');
export const PHONE_TAKEN = failed(409, 'Phone number has already been taken');

/** Example of the answer for wrong fields. */
export const INVALID = failed(400, 'identity: This field is required.');
export const WRONG_CREDENTIALS = failed(401, 'Invalid username or password');
export const UNVERIFIED = failed(401, 'Email unverified');
export const UNKNOWN_IDENTITY = failed(401, 'Invalid username or email');
const CODE_INVALID = failed(401, 'Verification code provided is invalid');
const CODE_EXPIRED = failed(401, 'Confirmation code has expired. Please try generating a new code');
export const CODE_FAILURES = [CODE_INVALID, CODE_EXPIRED];
export const TOKEN_INVALID = failed(401, 'Authentication failed. Invalid token');
export const PASSWORDS_DIFFER = failed(400, 'Password and password re-enter did not match');
export const NO_AVATAR = failed(404, 'There is no such avatar');
export const INVALID_AVATAR = failed(400, 'avatar must be a PNG, JPEG or WebP picture');
export const TOO_LARGE = failed(413, 'The request is too large');

/** Answers of the operations that report an unknown identity; the others only say that the code is wrong. */
export const TELLS_UNKNOWN: FailuresByCode = {
  'challenge.invalid': (error) => (error instanceof UnknownIdentifierError ? UNKNOWN_IDENTITY : CODE_INVALID),
};

export const RESET_FAILURES: FailuresByCode = {
  ...TELLS_UNKNOWN,
  'request.invalid': (error) => (breaksRule(error, SAME_AS) ? PASSWORDS_DIFFER : invalid(error)),
};

export const AVATAR_FAILURES: FailuresByCode = { 'request.unsupported_media_type': INVALID_AVATAR };

const FAILURES: FailureTable = {
  kinds: {
    'bad-request': invalid,
    'too-large': TOO_LARGE,
    'unsupported-media-type': failed(415, 'Send the body as JSON, urlencoded or multipart'),
    throttled: failed(429, 'Too many requests. Please try again later'),
    'unknown-route': failed(404, 'There is nothing at this address'),
    'wrong-method': failed(405, 'The method is not allowed at this address'),
    'not-found': UNKNOWN_IDENTITY,
    'token-missing': TOKEN_INVALID,
    'token-invalid': TOKEN_INVALID,
    'token-expired': TOKEN_INVALID,
    'token-revoked': TOKEN_INVALID,
    'refresh-token-invalid': TOKEN_INVALID,
    forbidden: TOKEN_INVALID,
    'bad-credentials': WRONG_CREDENTIALS,
    'not-allowed-yet': (error) => failed(401, error.message),
    'code-invalid': CODE_INVALID,
    'code-expired': CODE_EXPIRED,
    taken: (error) => failed(409, error.message),
    conflict: (error) => failed(409, error.message),
    'storage-full': failed(507, 'There is no room left to store the avatar'),
    unavailable: failed(503, 'The server is busy. Please try again in a moment'),
    unexpected: failed(500, 'Internal Server Error'),
  },
  codes: {
    'auth.unverified': UNVERIFIED,
    'user.username_taken': USERNAME_TAKEN,
    'user.email_taken': EMAIL_TAKEN,
    'user.mobile_taken': PHONE_TAKEN,
  },
};

export const renderFailure = renderFailuresBy(FAILURES);

/** Fields that have other names in the core. */
const NAMES = new Map([
  ['mobile', 'phonenumber'],
  ['firstName', 'firstname'],
  ['lastName', 'lastname'],
  ['newPassword', 'password'],
]);

function invalid(error: AppError): Failure {
  return failed(400, fieldMessage(error, NAMES));
}
