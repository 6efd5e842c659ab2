import type { FieldRule } from '../../common/declared.js';
import { type AppError, InvalidRequestError } from '../../common/errors.js';
import { breaksRule, type Failure, type FailureTable, type FailuresByCode, renderFailuresBy } from '../shared/failures.js';
import { TOKEN_KINDS } from '../shared/token-failures.js';

/** A failure of an operation. */
export function failed(message: string, status = 400): Failure {
  return { status, body: { data: [], message } };
}

/** What the document's backend says of a field that is missing. */
const MISSING = 'Missing data for required field.';

export const INVALID_FILE = failed('Invalid file type. Only PNG, JPG, or JPEG files are allowed.');
export const NO_PICTURE = failed('There is no such picture.', 404);
const NO_EMAIL_ADDRESS = 'Not a valid email address.';

/** Failures of every operation that takes a body, for its documentation: `data` has a list of sentences for each wrong field. */
export const BODY_FAILURES = [invalid({ email: [NO_EMAIL_ADDRESS] }), invalid({ password: [MISSING] })];

const SAME_PASSWORD = failed("Failed update password. Can't same old and new password.");

/** Failures of signing in. */
export const LOGIN_FAILURES: FailuresByCode = {
  'user.not_found': failed('Failed login. User not registered.'),
  'auth.bad_credentials': failed('Failed login. Wrong password.'),
};

/** Failures of changing the picture; the core has another name for the field. */
export const PICTURE_FAILURES: FailuresByCode = {
  'request.unsupported_media_type': INVALID_FILE,
  'request.invalid': (error) => (isAboutPicture(error) ? INVALID_FILE : validationFailed(error)),
};

/** Failures of changing the password. */
export const PASSWORD_FAILURES: FailuresByCode = {
  'auth.bad_credentials': failed('Failed update password. Wrong old password.'),
  'request.invalid': (error) => (breaksRule(error, 'password.unchanged') ? SAME_PASSWORD : validationFailed(error)),
};

/** Failures of operations with a username or an address that is taken. */
export function takenIn(act: string): FailuresByCode {
  return {
    'user.username_taken': failed(`Failed ${act}. Username already exists.`),
    'user.email_taken': failed(`Failed ${act}. Email already exists.`),
  };
}

/** Failures of operations that need the password in sessions of other contracts; the document has none, for it shows no password there. */
export function passwordIn(act: string): FailuresByCode {
  return { 'auth.bad_credentials': failed(`Failed ${act}. Wrong password.`) };
}

const FAILURES: FailureTable = {
  kinds: {
    ...TOKEN_KINDS,
    'bad-request': validationFailed,
    'too-large': failed('The request is too large.'),
    'unsupported-media-type': failed('Send the body as form-data, urlencoded or JSON.'),
    throttled: failed('Too many requests. Try again later.', 429),
    'unknown-route': failed('There is nothing at this address.', 404),
    'wrong-method': failed('The method is not allowed at this address.', 405),
    'not-found': failed('User not found.'),
    forbidden: failed('This is not allowed.'),
    'bad-credentials': failed('Wrong password.'),
    'not-allowed-yet': (error) => failed(`Failed login. ${error.message}`),
    'code-invalid': (error) => failed(error.message),
    'code-expired': (error) => failed(error.message),
    taken: (error) => failed(error.message),
    conflict: (error) => failed(error.message),
    'storage-full': failed('There is no room left to store the file.', 507),
    unavailable: failed('The server is busy. Try again in a moment.', 503),
    unexpected: failed('Something went wrong.', 500),
  },
};

export const renderFailure = renderFailuresBy(FAILURES);

/** One list of sentences per field. */
function validationFailed(error: AppError): Failure {
  if (!(error instanceof InvalidRequestError)) return failed('The request cannot be read.');
  // A map, because a field may have the name of a property that every object has.
  const lists = new Map<string, string[]>();
  for (const { pointer, rule, detail } of error.problems) {
    // The name that the library of the document's backend has for the body as a whole.
    const field = pointer === '' ? '_schema' : pointer.slice(1);
    lists.set(field, [...(lists.get(field) ?? []), sentenceOf(field, rule, detail)]);
  }
  return invalid(Object.fromEntries(lists));
}

/** In the words of the library of the document's backend, where it has some. */
function sentenceOf(field: string, rule: FieldRule, detail: string): string {
  if (rule === 'required') return MISSING;
  if (rule === 'isString') return 'Not a valid string.';
  return field === 'email' ? NO_EMAIL_ADDRESS : detail;
}

function invalid(data: Record<string, string[]>): Failure {
  return { status: 400, body: { data, message: 'Validation failed.' } };
}

function isAboutPicture(error: AppError): boolean {
  return error instanceof InvalidRequestError && error.problems.some(({ pointer }) => ['/avatar', '/profile_picture'].includes(pointer));
}
