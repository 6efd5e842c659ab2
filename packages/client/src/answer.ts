import type { Problem } from './generated/types.gen.js';
import type { Traits } from './operation.js';
import { LatchkeyError, type LocalErrorCode, type Result, failed, localError, ok } from './result.js';

/**
 * What the server said with a failure beside its code. Not on the error itself: it can hold the secret of a sign-in, and errors end up in logs.
 */
export const problems = new WeakMap<LatchkeyError, Problem>();

/** Waits for something on the way to the server or back; what it rejects with is a failure of the line. */
export function arrived<T>(promise: Promise<T>): Promise<Result<T, LocalErrorCode>> {
  return promise.then(ok, (cause: unknown) => failed(lost(cause)));
}

/** What an answer means. Whatever stands between may answer as well, and also with 2xx. @param body as text, or as it is if it was to be a file */
export function readAnswer(response: Response, body: string | Blob, { silent, optional, list }: Traits): Result<unknown> {
  if (typeof body !== 'string') return ok(body);
  if (response.status === silent && body === '') return ok(null);
  const content = parse(body);
  const isData = list ? Array.isArray(content) : isObject(content);
  if (response.ok && isData && (silent === undefined || optional === true)) return ok(content);
  if (!response.ok && isProblem(content)) return failed(refused(content, response));
  const message = `The server answered ${response.status}, but not as a Latchkey server does.`;
  return failed(new LatchkeyError('client.unexpected_answer', message, response.status));
}

function refused(problem: Problem, { status, headers }: Response): LatchkeyError {
  const retryAfter = Number(headers.get('retry-after') ?? Number.NaN);
  const error = new LatchkeyError(
    problem.code,
    problem.detail,
    status,
    problem.errors ?? [],
    Number.isFinite(retryAfter) ? retryAfter : undefined,
    problem.requestId,
  );
  problems.set(error, problem);
  return error;
}

/** By its name: not every platform has `DOMException`, and a `fetch` of the app may have limits of its own. */
function lost(cause: unknown): LatchkeyError<LocalErrorCode> {
  const name = cause instanceof Error ? cause.name : undefined;
  if (name === 'TimeoutError') return localError('client.timeout', 'The server did not answer in time.', cause);
  if (name === 'AbortError') return localError('client.aborted', 'The call was cancelled.', cause);
  return localError('client.unreachable', 'The server cannot be reached.', cause);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(body: unknown): body is object {
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}

function isProblem(body: unknown): body is Problem {
  return isObject(body) && 'code' in body && typeof body.code === 'string' && 'detail' in body;
}
