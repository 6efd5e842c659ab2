import { withDeadline } from './deadline.js';
import type { Exchange } from './exchange.js';
import type { Api, ApiRequest, CallOptions } from './operation.js';
import { type ErrorCode, type LatchkeyError, type Result, failed } from './result.js';
import type { Keeper } from './keeper.js';

/** Longest time of a call with all that belongs to it, ms; for uploads, which depend on the caller's line. */
const CALL_MS = 10_000;
const UPLOAD_MS = 60_000;

/** Sends no access token by itself. */
export function createPlainApi(exchange: Exchange): Api {
  return { send: (request) => inTime(request, (signal) => exchange(request, signal)) };
}

/** An `Api` that can be taught what to do when the server wants a stronger or newer proof (RFC 9470). */
export interface SignedInApi extends Api {
  /**
   * Raises the session that the refused access token belongs to.
   * @returns the access token to repeat the call with, once; null when the refusal stands
   */
  raise?: (refusal: LatchkeyError, refused: string, signal: AbortSignal | undefined) => Promise<string | null>;
}

/**
 * Sends the access token where one is wanted, and gets a new one when the server does not take it any more. A request is repeated for the
 * session that sent it only, which the keeper sees to: another account's may be in place by then.
 */
export function createSignedInApi(exchange: Exchange, keeper: Keeper<{ accessToken: string }>): SignedInApi {
  const authorized = async (
    request: ApiRequest,
    signal: AbortSignal | undefined,
    note: (token: string) => void,
  ): Promise<Result<unknown>> => {
    const { data: session, error } = await keeper.fresh();
    if (error !== null) return request.auth === 'optional' && isOver(error) ? exchange(request, signal) : failed(error);
    note(session.accessToken);
    const first = await exchange({ ...request, token: session.accessToken }, signal);
    if (first.error?.code.startsWith('token.') !== true) return first;
    const next = await keeper.refresh(session.accessToken);
    if (next.error !== null) return isOver(next.error) ? first : failed(next.error);
    note(next.data.accessToken);
    return exchange({ ...request, token: next.data.accessToken }, signal);
  };
  const api: SignedInApi = {
    async send(request) {
      let sent = '';
      const first = await inTime(request, (signal) =>
        request.auth === undefined ? exchange(request, signal) : authorized(request, signal, (token) => (sent = token)),
      );
      // Outside of the time of the call: a person takes longer.
      if (first.error?.code !== 'auth.step_up_required') return first;
      const token = await api.raise?.(first.error, sent, request.input.signal);
      return token ? inTime(request, (signal) => exchange({ ...request, token }, signal)) : first;
    },
  };
  return api;
}

/** Ends a call when its time is over, or its caller cancels it. */
export function inTime<T, Code extends ErrorCode>(
  { upload, input }: { upload?: true; input?: CallOptions | undefined },
  work: (signal: AbortSignal | undefined) => Promise<Result<T, Code>>,
): Promise<Result<T, Code>> {
  return withDeadline(upload === true ? UPLOAD_MS : CALL_MS, input?.signal, work);
}

/** Whether there is no session, rather than none within reach at the moment. A 401 of something on the way says nothing about it. */
export function isOver({ code, status }: LatchkeyError): boolean {
  return code === 'client.signed_out' || (status === 401 && !code.startsWith('client.'));
}
