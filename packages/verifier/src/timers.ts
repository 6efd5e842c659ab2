/** A timer that does not keep the process alive, in runtimes that can tell (Node.js, Bun, Deno); elsewhere timers are numbers. */
export function idly<Timer>(timer: Timer): Timer {
  const { unref } = timer as { unref?: () => void };
  unref?.call(timer);
  return timer;
}

/** Waits for so long, or until the signal. Does not keep the process alive. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = idly(setTimeout(done, ms));
    signal.addEventListener('abort', done);
  });
}
