import { timingSafeEqual } from 'node:crypto';

/**
 * Bytes of padded base64 (RFC 4648 §4), or null. Spare bits at the end must be zero (§3.5), so that no two strings mean the same bytes.
 */
export function fromBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}

/** The same without padding, as PHC strings have it. */
export function fromUnpaddedBase64(text: string): Buffer | null {
  return text.endsWith('=') ? null : fromBase64(text.padEnd(Math.ceil(text.length / 4) * 4, '='));
}

/** The same for passlib's "adapted base64", which has `.` for `+`. Source: passlib, `passlib.utils.binary.ab64_decode`. */
export function fromAdaptedBase64(text: string): Buffer | null {
  return text.includes('+') ? null : fromUnpaddedBase64(text.replaceAll('.', '+'));
}

/** Bytes of lower-case hexadecimal, as Python's `hexdigest()` writes it, or null. */
export function fromHex(text: string): Buffer | null {
  return /^(?:[0-9a-f]{2})+$/.test(text) ? Buffer.from(text, 'hex') : null;
}

/** Whether the bytes are the same, in a time that does not tell where they differ. */
export function sameBytes(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}
