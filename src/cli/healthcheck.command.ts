import { type Environment, loadSettings } from '../config/load-settings.js';

const TIMEOUT_MS = 3_000;

/** Asks `/health/ready` of the server on this machine, for a container's health check. */
export async function healthcheck(_args: readonly string[], env: Environment): Promise<number> {
  const { HOST: host, PORT: port } = loadSettings(env);
  const address = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  try {
    const answer = await fetch(`http://${address.includes(':') ? `[${address}]` : address}:${port}/health/ready`, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (answer.ok) return 0;
    console.error(`Not ready: ${answer.status}`);
  } catch (error) {
    console.error(`Not ready: ${error instanceof Error ? error.message : String(error)}`);
  }
  return 1;
}
