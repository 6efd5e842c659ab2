// A measured server in its own process.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';

const PROBE = new URL('probe.mjs', import.meta.url).href;
const READY_MS = 60_000;
const STOP_MS = 10_000;

/** Starts `script` and waits until `readyPath` answers 200. The process is stopped at the end of the run, if not before. */
export async function startServer(ends, script, { env, origin, readyPath, execArgv = [] }) {
  ends.signal.throwIfAborted();
  const startedAt = performance.now();
  const child = fork(script, {
    execArgv: ['--import', PROBE, ...execArgv],
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exit = new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(`${script} ended with ${signal ?? code}`));
    child.once('error', (error) => resolve(`${script}: ${error.message}`));
  });
  // The code that awaits an answer gets this error; elsewhere it is ignored.
  const failure = exit.then((message) => Promise.reject(new Error(message)));
  failure.catch(() => undefined);
  const ask = (message, name) => Promise.race([answerOf(child, message, name), failure]);
  const server = {
    origin,
    /** Processor time of the whole process, µs, and resident memory, bytes. */
    async usage() {
      const { usage } = await ask('usage', 'usage');
      return { cpu: usage.user + usage.system, rss: usage.rss };
    },
    /** Sends a message to the script and waits for the answer named `answer`. */
    ask,
    async stop() {
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await exit;
      clearTimeout(killer);
    },
  };
  ends.add(() => server.stop());
  if (readyPath !== undefined) await Promise.race([untilReady(origin + readyPath, ends.signal), failure]);
  server.readyAfterMs = performance.now() - startedAt;
  return server;
}

async function untilReady(url, signal) {
  for (const end = performance.now() + READY_MS; performance.now() < end; await wait(5, undefined, { signal }))
    if (await isReady(url)) return;
  throw new Error(`${url} not ready after ${READY_MS / 1_000} s`);
}

async function isReady(url) {
  try {
    const answer = await fetch(url);
    await answer.arrayBuffer();
    return answer.status === 200;
  } catch {
    return false;
  }
}

async function answerOf(child, message, name) {
  child.send(message);
  for (;;) {
    const [answer] = await once(child, 'message');
    if (answer?.[name] !== undefined) return answer;
  }
}
