import type { ErrorCode, FieldRule } from './declared.js';
import { type ProblemWords, lineProblem } from './text.js';

/** An expected failure. Knows no HTTP; `message` may be shown to the caller. */
export abstract class AppError extends Error {
  abstract readonly code: ErrorCode;
  /** Seconds to wait before the next attempt. */
  readonly retryAfterSeconds?: number;
  /** Further members of the problem document (RFC 9457 §3.2); the documentation of the error names them. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** What a 401 says in `WWW-Authenticate`. Default: by the code. */
  readonly challenge?: string;
}

/** A problem with one field. */
export interface FieldProblem extends ProblemWords {
  /** JSON Pointer into the body (RFC 6901), or `?name` for a query parameter. */
  pointer: string;
  /** Stable name of the rule: `required`, `password.too_short`. */
  rule: FieldRule;
  /** A sentence for people, in English. */
  detail: string;
}

/** One or more fields break a rule, of the format or of the product. */
export class InvalidRequestError extends AppError {
  override readonly code = 'request.invalid';
  constructor(readonly problems: readonly FieldProblem[]) {
    super(problems[0]?.detail ?? 'The request has invalid fields.');
  }

  /** One wrong field of the body; `field` is its name. */
  static field(field: string, rule: FieldRule, detail: string, words: ProblemWords = {}): InvalidRequestError {
    return new InvalidRequestError([{ pointer: `/${field}`, rule, detail, ...words }]);
  }

  /** The same for text that is not on one line, or is longer than `maxChars`. */
  static line(field: string, rule: FieldRule, written: string, maxChars: number): InvalidRequestError {
    return new InvalidRequestError([{ pointer: `/${field}`, rule, ...lineProblem(written, maxChars) }]);
  }
}

export class MalformedRequestError extends AppError {
  override readonly code = 'request.malformed';
}

/** The caller's `If-Match` does not name the current version; nothing was changed. */
export class PreconditionFailedError extends AppError {
  override readonly code = 'request.precondition_failed';
  constructor() {
    super('It was edited since you read it. Read it again and repeat your edit on that version.');
  }
}

export class UnsupportedMediaTypeError extends AppError {
  override readonly code = 'request.unsupported_media_type';
  constructor(message = 'Send the body as application/json.', cause?: unknown) {
    super(message, { cause });
  }
}

export class TooLargeError extends AppError {
  override readonly code = 'request.too_large';
}

export class RouteNotFoundError extends AppError {
  override readonly code = 'route.not_found';
  constructor() {
    super('There is nothing at this address.');
  }
}

export class MethodNotAllowedError extends AppError {
  override readonly code = 'route.method_not_allowed';
  constructor(readonly allowed: readonly string[]) {
    super(`This address answers ${allowed.join(', ')}.`);
  }
}

export class UnauthenticatedError extends AppError {
  override readonly code = 'access.unauthenticated';
  constructor() {
    super('Send an access token: Authorization: Bearer …');
  }
}

export class ForbiddenError extends AppError {
  override readonly code = 'access.forbidden';
  constructor() {
    super('Your account may not do this.');
  }
}

/** Too many attempts from one account or address. */
export class ThrottledError extends AppError {
  override readonly code = 'request.throttled';
  constructor(override readonly retryAfterSeconds: number) {
    super('Too many requests. Try again later.');
  }
}

/** A bounded queue is full; nothing was done. */
export class BusyError extends AppError {
  override readonly code = 'server.busy';
  constructor(override readonly retryAfterSeconds: number = 1) {
    super('The server is busy. Try again in a moment.');
  }
}

/** A service that the server needs, such as the database, does not answer. */
export class UnavailableError extends AppError {
  override readonly code = 'server.unavailable';
  constructor(
    override readonly retryAfterSeconds: number = 2,
    cause?: unknown,
  ) {
    super('The server is not available for the moment.', { cause });
  }
}

/** The database was lost while it stored something: it is stored, or not. */
export class OutcomeUnknownError extends AppError {
  override readonly code = 'server.outcome_unknown';
  override readonly retryAfterSeconds = 2;
  constructor(cause: unknown) {
    super('The connection was lost at the last step. The change may be stored or not: look before you repeat it.', { cause });
  }
}
