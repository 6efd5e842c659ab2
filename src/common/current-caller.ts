import { AsyncLocalStorage } from 'node:async_hooks';
import type { Caller } from './caller.js';

const current = new AsyncLocalStorage<Caller>();

/** Runs the rest of a request: what it calls finds its caller by `currentCaller`. */
export function asCaller<T>(caller: Caller, work: () => T): T {
  return current.run(caller, work);
}

/**
 * The caller of the request under way, for what is shared out among all requests and must not be forgotten by any of them; undefined outside
 * a request, and in one that only reads (GET, HEAD). Services that decide or record something take the caller as a parameter instead.
 */
export function currentCaller(): Caller | undefined {
  return current.getStore();
}
