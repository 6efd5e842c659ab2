import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** A computation of `crypt-loops.worker.js`; its result is text in the base64 of crypt(3). */
export type CryptLoop =
  | { loop: 'md5-crypt'; magic: string }
  | { loop: 'sha-crypt'; algorithm: 'sha256' | 'sha512'; count: number }
  | { loop: 'phpass'; count: number };

/**
 * Longest password that is looked at, bytes. Each round digests the password anew, so that the time grows with it; longer ones are wrong.
 * The core's own policy ends at 128 characters.
 */
export const MAX_LOOP_PASSWORD_BYTES = 256;

/** Memory of a thread, MiB; it holds a few buffers. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 8 };

/** Threads that wait for a computation: as many as there once were at a time, which `PasswordHasher` bounds. */
const idle: Worker[] = [];

/**
 * Computes in a thread: thousands of digests on the event loop would hold up all requests, and OpenSSL has no function that does it in the
 * thread pool. A thread starts with the first hash that needs it, and does not keep the process alive.
 */
export async function computeCrypt(loop: CryptLoop, password: string, salt: string): Promise<string | null> {
  if (Buffer.byteLength(password) > MAX_LOOP_PASSWORD_BYTES) return null;
  const thread = idle.pop() ?? start();
  thread.ref();
  thread.postMessage({ ...loop, password, salt });
  // Rejects with an error of the thread, which is not used again.
  const [result] = (await once(thread, 'message')) as [string];
  thread.unref();
  idle.push(thread);
  return result;
}

function start(): Worker {
  return new Worker(new URL('crypt-loops.worker.js', import.meta.url), { env: {}, execArgv: [], resourceLimits: RESOURCE_LIMITS });
}
