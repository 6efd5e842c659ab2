import type { ServerErrorCodes } from './generated/errors.gen.js';
import type { FieldProblemView } from './generated/types.gen.js';

/** Failures without an answer of the server that could be read. */
export interface LocalErrorCodes {
  /** The server was not reached, or its answer broke off. Say so, and offer to try again. */
  'client.unreachable': 0;
  /** There was no answer in time. Whether the server did what was asked is unknown. */
  'client.timeout': 0;
  /** The caller cancelled the call (`signal`). Whether the server did what was asked is unknown. */
  'client.aborted': 0;
  /** The answer is not one of a Latchkey server: check the `url` of the client, and what stands between. */
  'client.unexpected_answer': number;
  /** Nobody is signed in; nothing was sent. */
  'client.signed_out': 0;
  /** Another session is in place: another tab signed in anew. What was asked for the former one was not done. */
  'client.session_changed': 0;
  /** The storage of the session cannot be read or written. */
  'client.storage_failed': 0;
  /** No sign-in is open that this could continue; nothing was sent. */
  'client.no_sign_in': 0;
  /** This browser has no passkeys. Offer another way. */
  'client.passkey_unsupported': 0;
  /** Nobody chose a passkey in the browser's dialog, or the browser refused; nothing was sent. Offer to try again, or another way. */
  'client.passkey_refused': 0;
  /** The browser opened no window for a provider: call it in the handler of a click, or offer another way. */
  'client.window_blocked': 0;
  /** On a server: the access token has expired, and a render cannot set the cookies of a new one. */
  'client.refresh_needed': 0;
}

/** Every code of a failure with its HTTP status. Each has a description, which editors show. */
export interface ErrorCodes extends ServerErrorCodes, LocalErrorCodes {}

export type ErrorCode = keyof ErrorCodes;
export type LocalErrorCode = keyof LocalErrorCodes;

/** A sentence for each code. Editors show the description of a code that is a key of it. */
export type ErrorTexts<Code extends ErrorCode = ErrorCode> = { [C in keyof Pick<ErrorCodes, Code>]: string };

/** A failure with a stable `code`; `message` is a sentence for people. */
export class LatchkeyError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'LatchkeyError';

  constructor(
    readonly code: Code,
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

/** What was asked for, or why not: one of the codes that the server names for the operation, or a local one. */
export type Result<T, Code extends ErrorCode = ErrorCode> =
  | { data: T; error: null }
  | { data: null; error: LatchkeyError<Code | LocalErrorCode> };

export function ok<T>(data: T): { data: T; error: null } {
  return { data, error: null };
}

export function failed<Code extends ErrorCode>(error: LatchkeyError<Code>): { data: null; error: LatchkeyError<Code> } {
  return { data: null, error };
}

/** A failure that happened here. */
export function localError(code: LocalErrorCode, message: string, cause?: unknown): LatchkeyError<LocalErrorCode> {
  return new LatchkeyError(code, message, 0, [], undefined, undefined, cause);
}

export function unexpected(): LatchkeyError<LocalErrorCode> {
  return localError('client.unexpected_answer', 'The answer lacks what the server always tells.');
}

export function signedOut(): LatchkeyError<LocalErrorCode> {
  return localError('client.signed_out', 'Nobody is signed in.');
}

export function sessionChanged(): LatchkeyError<LocalErrorCode> {
  return localError('client.session_changed', 'Somebody signed in anew meanwhile.');
}

export function storageFailed(cause?: unknown): LatchkeyError<LocalErrorCode> {
  return localError('client.storage_failed', 'The session cannot be stored or read.', cause);
}
