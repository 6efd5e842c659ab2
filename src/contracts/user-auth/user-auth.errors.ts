import { InvalidChallengeError } from '../../tokens/challenges/errors.js';
import { LastAdminError } from '../../users/errors.js';
import { fieldMessage } from '../shared/field-message.js';
import { type Failure, type FailureTable, type FailuresByCode, breaksRule, renderFailuresBy } from '../shared/failures.js';
import { TOKEN_FAILURES, TOKEN_KINDS } from '../shared/token-failures.js';

/** Answer of an activation without the required code, which the server has just texted. */
export const CODE_NEEDED = 'Send the code that was texted to this mobile number.';

function failed(message: string, status = 400): Failure {
  return { status, body: { message } };
}

export const USER_NOT_FOUND = failed('User not found.', 404);
/** A path with characters that no text may contain identifies no account, either. */
export const UUID_FAILURES: FailuresByCode = { 'route.not_found': USER_NOT_FOUND };

export const INVALID_CREDENTIALS = failed('Invalid credentials!', 401);
const UNAUTHORIZED = failed('Unauthorized access!', 401);
export const NOT_CONFIRMED = failed('Your account have not confirmed yet!');
const USERNAME_TAKEN = failed('A user with that username already exists.');
const MOBILE_TAKEN = failed('A user with that mobile number already exists.');
const EMAIL_TAKEN = failed('A user with that email already exists.');

const TOO_LARGE = failed('The request is too large.', 413);
const UNSUPPORTED = failed('Send the body as JSON, urlencoded or form-data.', 415);
const THROTTLED = failed('Too many requests. Try again later.', 429);
const UNAVAILABLE = failed('The server is busy. Try again in a moment.', 503);
const UNEXPECTED = failed('Something went wrong.', 500);

/** Failures of any operation, for its documentation. */
export const ANY_FAILURES = [THROTTLED, UNEXPECTED, UNAVAILABLE];

/** Failures of any operation on accounts that exist, for its documentation. */
export const GUARDED_FAILURES = [...Object.values(TOKEN_FAILURES), UNAUTHORIZED, ...ANY_FAILURES];

/** Failures of any operation that takes a body, for its documentation. */
export const BODY_FAILURES = [TOO_LARGE, UNSUPPORTED];

/** Failures of registering, activating, editing, changing the password and deleting, for their documentation. */
export const REGISTER_FAILURES = [...BODY_FAILURES, failed('username: This field is required.'), USERNAME_TAKEN, MOBILE_TAKEN];
export const ACTIVATE_FAILURES = [...BODY_FAILURES, USER_NOT_FOUND, failed(CODE_NEEDED), failed(new InvalidChallengeError().message)];
export const EDIT_FAILURES = [
  ...BODY_FAILURES,
  failed('gender: Use Male or Female.'),
  USERNAME_TAKEN,
  MOBILE_TAKEN,
  EMAIL_TAKEN,
  INVALID_CREDENTIALS,
];
export const PASSWORD_FAILURES = [
  ...GUARDED_FAILURES,
  ...BODY_FAILURES,
  failed('new_password: Use at least 6 characters.'),
  INVALID_CREDENTIALS,
];
export const LAST_ADMIN = failed(new LastAdminError().message);

const FAILURES: FailureTable = {
  kinds: {
    ...TOKEN_KINDS,
    'bad-request': (error) => failed(breaksRule(error, 'code.missing') ? CODE_NEEDED : fieldMessage(error)),
    'too-large': TOO_LARGE,
    'unsupported-media-type': UNSUPPORTED,
    throttled: THROTTLED,
    'unknown-route': failed('There is nothing at this address.', 404),
    'wrong-method': failed('The method is not allowed at this address.', 405),
    'not-found': USER_NOT_FOUND,
    forbidden: UNAUTHORIZED,
    'bad-credentials': INVALID_CREDENTIALS,
    'not-allowed-yet': NOT_CONFIRMED,
    'code-invalid': (error) => failed(error.message),
    'code-expired': (error) => failed(error.message),
    taken: (error) => failed(error.message),
    conflict: (error) => failed(error.message),
    'storage-full': failed('There is no room left to store the file.', 507),
    unavailable: UNAVAILABLE,
    unexpected: UNEXPECTED,
  },
  codes: {
    'user.username_taken': USERNAME_TAKEN,
    'user.mobile_taken': MOBILE_TAKEN,
    'user.email_taken': EMAIL_TAKEN,
    'auth.account_disabled': (error) => failed(error.message),
    // Activating would not help: the answer for that would lead frontends there.
    'auth.second_factor_required': (error) => failed(error.message),
    'auth.enrollment_required': (error) => failed(error.message),
  },
};

export const renderFailure = renderFailuresBy(FAILURES);
