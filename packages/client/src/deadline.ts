import { type ErrorCode, type Result, failed, localError } from './result.js';

/**
 * Runs `work` until it ends, `milliseconds` have passed, or the caller cancels it, whatever comes first. `work` gets a signal to stop at,
 * but nobody waits for it to do so: a `fetch` that ignores the signal ends as well. Needs neither `AbortController` nor `DOMException`.
 */
export async function withDeadline<T, Code extends ErrorCode>(
  milliseconds: number,
  caller: AbortSignal | undefined,
  work: (signal: AbortSignal | undefined) => Promise<Result<T, Code>>,
): Promise<Result<T, Code>> {
  const cancelled = () => failed(localError('client.aborted', 'The call was cancelled.', caller?.reason));
  if (caller?.aborted === true) return cancelled();
  const controller = typeof AbortController === 'undefined' ? undefined : new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let cancel = (): void => {};
  const ended = new Promise<Result<T, Code>>((resolve) => {
    timer = setTimeout(() => resolve(failed(localError('client.timeout', 'The server did not answer in time.'))), milliseconds);
    cancel = () => resolve(cancelled());
  });
  caller?.addEventListener('abort', cancel);
  try {
    return await Promise.race([work(controller?.signal), ended]);
  } finally {
    clearTimeout(timer);
    caller?.removeEventListener('abort', cancel);
    controller?.abort();
  }
}
