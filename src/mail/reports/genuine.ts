import { createHash, timingSafeEqual } from 'node:crypto';
import { UnsignedReportError } from './errors.js';

/** How far the clock of a provider may be ahead, seconds. */
const AHEAD_SECONDS = 300;

/**
 * How old a signed request may be where providers repeat it as they signed it, seconds: they try for up to a day. A report that comes again
 * changes nothing, so the age only limits for how long a stolen one is of any use.
 */
export const REPEATED_FOR_SECONDS = 86_400;

/** The header with this name. @throws UnsignedReportError if there is none, or several */
export function headerOf(headers: Readonly<Record<string, string | string[] | undefined>>, name: string): string {
  const value = headers[name];
  if (typeof value !== 'string' || value === '') throw new UnsignedReportError();
  return value;
}

/** @throws UnsignedReportError unless both are the same; how long that takes tells nothing of where they differ */
export function demandSame(sent: string | Buffer, expected: string | Buffer): void {
  if (!isSame(sent, expected)) throw new UnsignedReportError();
}

/** Whether both are the same, in constant time. */
export function isSame(sent: string | Buffer, expected: string | Buffer): boolean {
  return timingSafeEqual(digest(sent), digest(expected));
}

/**
 * @param made when the request was signed, seconds since 1970
 * @param now seconds since 1970
 * @throws UnsignedReportError unless that was within the last `maxAgeSeconds`
 */
export function demandRecent(made: number, now: number, maxAgeSeconds: number): void {
  if (!(made >= now - maxAgeSeconds && made <= now + AHEAD_SECONDS)) throw new UnsignedReportError();
}

/** Digests of equal length, whatever was sent. */
function digest(value: string | Buffer): Buffer {
  return createHash('sha256').update(value).digest();
}
