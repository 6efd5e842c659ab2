import { SETTINGS } from '../capabilities.js';
import { type Environment, loadSettings } from '../config/load-settings.js';
import { readArguments } from './arguments.js';
import { EXIT } from './exit-codes.js';
import { complain, print } from './output.js';

const TIMEOUT_MS = 3_000;

/** Requests `/health/ready` from the server on this machine, for a container's health check. */
export async function healthcheck(args: readonly string[], env: Environment): Promise<number> {
  const { json } = readArguments(args, {}, { min: 0, max: 0 }).values;
  const { HOST: host, PORT: port } = loadSettings(SETTINGS, env);
  const address = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const problem = await ask(`http://${address.includes(':') ? `[${address}]` : address}:${port}/health/ready`);
  if (json) print(JSON.stringify({ ready: problem === null, ...(problem === null ? {} : { problem }) }));
  else if (problem !== null) complain(`Not ready: ${problem}`);
  return problem === null ? EXIT.done : EXIT.failed;
}

/** The reason why the server is not ready; null if it is. */
async function ask(url: string): Promise<string | null> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return answer.ok ? null : String(answer.status);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
