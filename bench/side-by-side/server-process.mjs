// A measured server, as a process of its own.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';

const PROBE = new URL('probe.mjs', import.meta.url).href;
const READY_MS = 60_000;

/** Starts `script`; it is ready once `readyPath` answers 200. */
export async function startServer(script, { env, origin, readyPath, execArgv = [] }) {
  const startedAt = performance.now();
  const child = fork(script, {
    execArgv: ['--import', PROBE, ...execArgv],
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exit = once(child, 'exit');
  const server = {
    origin,
    /** Processor time of the whole process, µs, and resident memory, bytes. */
    async usage() {
      const { usage } = await ask(child, 'usage', 'usage');
      return { cpu: usage.user + usage.system, rss: usage.rss };
    },
    /** Sends a message of the script's own and waits for the answer under the name `answer`. */
    ask: (message, answer) => ask(child, message, answer),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await exit;
      clearTimeout(killer);
    },
  };
  try {
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`${script} ended with ${child.exitCode}`);
      return readyPath === undefined || (await isReady(origin + readyPath));
    });
  } catch (error) {
    await server.stop();
    throw error;
  }
  server.readyAfterMs = performance.now() - startedAt;
  return server;
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

async function until(check) {
  for (const end = performance.now() + READY_MS; performance.now() < end; await wait(5)) if (await check()) return;
  throw new Error(`Not ready after ${READY_MS / 1_000} s`);
}

async function ask(child, message, name) {
  child.send(message);
  for (;;) {
    const [answer] = await once(child, 'message');
    if (answer?.[name] !== undefined) return answer;
  }
}
