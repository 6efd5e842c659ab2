import { fieldMessage } from '../shared/field-message.js';
import { type Failure, type FailureTable, type FailuresByCode, renderFailuresBy } from '../shared/failures.js';
import { TOKEN_KINDS } from '../shared/token-failures.js';

export function failed(message: string, status = 400): Failure {
  return { status, body: { message } };
}

export const USER_NOT_FOUND = failed('User not found.', 404);
/** An address with what no text may hold is not the address of anybody, either. */
export const UUID_FAILURES: FailuresByCode = { 'route.not_found': USER_NOT_FOUND };

export const INVALID_CREDENTIALS = failed('Invalid credentials!', 401);
export const UNAUTHORIZED = failed('Unauthorized access!', 401);
export const NOT_CONFIRMED = failed('Your account have not confirmed yet!');
export const USERNAME_TAKEN = failed('A user with that username already exists.');
export const MOBILE_TAKEN = failed('A user with that mobile number already exists.');
export const EMAIL_TAKEN = failed('A user with that email already exists.');

const FAILURES: FailureTable = {
  kinds: {
    ...TOKEN_KINDS,
    'bad-request': (error) => failed(fieldMessage(error)),
    'too-large': failed('The request is too large.', 413),
    'unsupported-media-type': failed('Send the body as JSON, urlencoded or form-data.', 415),
    throttled: failed('Too many requests. Try again later.', 429),
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
    unavailable: failed('The server is busy. Try again in a moment.', 503),
    unexpected: failed('Something went wrong.', 500),
  },
  codes: {
    'user.username_taken': USERNAME_TAKEN,
    'user.mobile_taken': MOBILE_TAKEN,
    'user.email_taken': EMAIL_TAKEN,
    'auth.account_disabled': (error) => failed(error.message),
  },
};

export const renderFailure = renderFailuresBy(FAILURES);
