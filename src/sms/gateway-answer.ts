import { isIP } from 'node:net';
import { SmsRefusedError } from './sms-sender.js';

/** Maximum wait for a provider's answer, ms. */
export const TIMEOUT_MS = 10_000;

/** 4xx answers about our configuration or a temporary condition, not about the message: the message waits until that is resolved. */
const PASSING = new Set([401, 403, 404, 408, 429]);

/** A host on this machine is called without TLS. */
export function schemeFor(hostname: string): 'http' | 'https' {
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
  return isLoopback ? 'http' : 'https';
}

/** Ends an attempt at its time, or when the server stops. */
export function signalOf(timeoutMs: number, stop: AbortSignal | undefined): AbortSignal {
  const timeout = AbortSignal.timeout(timeoutMs);
  return stop === undefined ? timeout : AbortSignal.any([stop, timeout]);
}

/**
 * The failure that an answer stands for. Never the provider's text, because it repeats the number.
 * @param code the provider's own number of it, if it is known to be one
 */
export function failureOf(status: number, code = ''): Error {
  const reason = `the provider answered ${status}${code}`;
  const isPermanent = status >= 400 && status < 500 && !PASSING.has(status);
  return isPermanent ? new SmsRefusedError(reason) : new Error(reason);
}
