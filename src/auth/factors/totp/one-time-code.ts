import { createHmac, timingSafeEqual } from 'node:crypto';

/** Hash of the HMAC. Apps of wide use know only SHA-1 (RFC 6238 §1.2 allows the others). */
export type CodeHash = 'sha1' | 'sha256' | 'sha512';

/** Length of a time step, seconds (RFC 6238 §4.1). */
export const STEP_SECONDS = 30;

export const DIGITS = 6;

/** Steps before and after the current one whose codes are good (RFC 6238 §5.2, §6): a clock may be off by half a minute. */
const TOLERANCE = 1;

/** The time step of a time. @param seconds since 1970 */
export function stepAt(seconds: number): number {
  return Math.floor(seconds / STEP_SECONDS);
}

/** The code of a time step (RFC 4226 §5.3 with the counter of RFC 6238 §4.2). */
export function codeOf(secret: Buffer, step: number, digits: number = DIGITS, hash: CodeHash = 'sha1'): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac(hash, secret).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0xf;
  return String((mac.readUInt32BE(offset) & 0x7fff_ffff) % 10 ** digits).padStart(digits, '0');
}

/**
 * The step of which `typed` is the code, of those that are good now; null if it is none. Every one is compared, in a time that does not
 * depend on the digits.
 */
export function stepOf(typed: string, secret: Buffer, now: number): number | null {
  const given = Buffer.from(typed);
  let found: number | null = null;
  for (let step = now - TOLERANCE; step <= now + TOLERANCE; step += 1) {
    const right = Buffer.from(codeOf(secret, step));
    if (given.length === right.length && timingSafeEqual(given, right)) found = step;
  }
  return found;
}
