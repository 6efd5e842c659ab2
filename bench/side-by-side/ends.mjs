// Ends everything that a run has started, also when the run fails or is interrupted: processes, PostgreSQL, folders.
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const ACCIDENTS = ['uncaughtException', 'unhandledRejection'];

/**
 * Runs `work(ends)` until it finishes, a signal arrives or an error is not caught, whichever comes first. Then calls the functions passed
 * to `ends.add(end)`, the last one first. `ends.signal` is aborted as soon as nothing new may be started.
 */
export async function withEnds(work) {
  const over = new AbortController();
  const list = [];
  const ends = { signal: over.signal, add: (end) => list.push(end) };
  const listeners = [];
  const listen = (name, listener) => {
    listeners.push([name, listener]);
    process.on(name, listener);
  };
  let signal;
  const broken = new Promise((_, reject) => {
    for (const name of ACCIDENTS) listen(name, reject);
    for (const name of SIGNALS) {
      listen(name, () => {
        signal = name;
        reject(new Error(`Broken off by ${name}`));
      });
    }
  });
  try {
    return await Promise.race([work(ends), broken]);
  } finally {
    over.abort();
    for (const end of list.toReversed()) await end().catch((error) => console.error(error));
    for (const [name, listener] of listeners) process.off(name, listener);
    // Ends this process with the same signal, so that its parent sees the cause.
    if (signal !== undefined) await new Promise(() => process.kill(process.pid, signal));
  }
}
