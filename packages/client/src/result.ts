import type { ErrorCode, FieldProblemView, Problem } from './generated/types.gen.js';

/** What can go wrong before there is an answer of the server. */
export type LocalErrorCode =
  /** The server was not reached, or its answer broke off. */
  | 'client.unreachable'
  /** There was no answer in time. */
  | 'client.timeout'
  /** The answer is none of a Latchkey server. */
  | 'client.unexpected_answer'
  /** Nobody is signed in; nothing was sent. */
  | 'client.signed_out'
  /** Another session is in place: another tab signed in anew. What was asked for the former one was not done. */
  | 'client.session_changed'
  /** The storage of the session cannot be read or written. */
  | 'client.storage_failed'
  /** On a server: the access token has expired, and a render cannot set the cookies of a new one. */
  | 'client.refresh_needed';

/** A failure with a stable `code`; `message` is a sentence for people. */
export class LatchkeyError extends Error {
  override readonly name = 'LatchkeyError';

  constructor(
    readonly code: ErrorCode | LocalErrorCode,
    message: string,
    /** HTTP status; 0 when there was no answer. */
    readonly status: number = 0,
    /** Which fields are wrong, and how. */
    readonly fields: readonly FieldProblemView[] = [],
    /** Seconds after which trying again makes sense, if the server said so. */
    readonly retryAfterSeconds?: number,
    /** To be quoted when asking the server's operator for help. */
    readonly requestId?: string,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

/** Either what was asked for, or why not. */
export type Result<T> = { data: T; error: null } | { data: null; error: LatchkeyError };

/** What the generated operations answer with. */
interface Answer<T> {
  data?: T | undefined;
  error?: unknown;
  response: Response | undefined;
}

export function ok<T>(data: T): Result<T> {
  return { data, error: null };
}

export function failed(error: LatchkeyError): { data: null; error: LatchkeyError } {
  return { data: null, error };
}

export function signedOut(): LatchkeyError {
  return new LatchkeyError('client.signed_out', 'Nobody is signed in.');
}

/** Waits for a generated operation; never rejects. */
export async function toResult<T>(operation: Promise<Answer<T>>): Promise<Result<T>> {
  try {
    const { data, error, response } = await operation;
    if (response === undefined) return failed(unanswered(error));
    if (!response.ok) return failed(refused(error, response));
    return ok(data as T);
  } catch (error) {
    return failed(unanswered(error));
  }
}

function refused(body: unknown, { status, headers }: Response): LatchkeyError {
  if (!isProblem(body)) return new LatchkeyError('client.unexpected_answer', `The server answered ${status}.`, status);
  const retryAfter = Number(headers.get('retry-after') ?? Number.NaN);
  return new LatchkeyError(
    body.code,
    body.detail,
    status,
    body.errors ?? [],
    Number.isFinite(retryAfter) ? retryAfter : undefined,
    body.requestId,
  );
}

function unanswered(cause: unknown): LatchkeyError {
  if (cause instanceof SyntaxError) {
    return new LatchkeyError('client.unexpected_answer', 'The answer is not JSON.', 0, [], undefined, undefined, cause);
  }
  const isTimeout = cause instanceof DOMException && cause.name === 'TimeoutError';
  return isTimeout
    ? new LatchkeyError('client.timeout', 'The server did not answer in time.', 0, [], undefined, undefined, cause)
    : new LatchkeyError('client.unreachable', 'The server cannot be reached.', 0, [], undefined, undefined, cause);
}

export function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string' && 'detail' in body;
}
