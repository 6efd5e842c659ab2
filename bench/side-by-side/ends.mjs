// What a run has started ends with it, also with one that fails or is broken off: processes, PostgreSQL, folders.
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const ACCIDENTS = ['uncaughtException', 'unhandledRejection'];

/**
 * Runs `work(ends)` to its end, to a signal or to an error that nobody caught, whichever comes first; then ends, last one first, what
 * `ends.add(end)` was told of. `ends.signal` is aborted as soon as nothing new is to be started.
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
    // Whoever waits for this process sees what ended it.
    if (signal !== undefined) await new Promise(() => process.kill(process.pid, signal));
  }
}
