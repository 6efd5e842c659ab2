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
  return text.endsWith('=') ? null : fromBase64(padded(text));
}

/** The same with or without padding, and with either alphabet of RFC 4648: exports of one system differ in both. */
export function fromAnyBase64(text: string): Buffer | null {
  const standard = /[-_]/.test(text) ? text.replaceAll('-', '+').replaceAll('_', '/') : text;
  return fromBase64(standard.endsWith('=') ? standard : padded(standard));
}

/**
 * The same for passlib's "adapted base64", which has `.` for `+` and no padding. Keycloak's base64 is copied into passlib's notation as it
 * is, so `+` and padding are read, too. Source: passlib, `passlib.utils.binary.ab64_decode`.
 */
export function fromAdaptedBase64(text: string): Buffer | null {
  return text.includes('+') ? fromAnyBase64(text) : fromAnyBase64(text.replaceAll('.', '+'));
}

/** Bytes of hexadecimal digits, or null. */
export function fromHex(text: string): Buffer | null {
  return /^(?:[\da-f]{2})+$/i.test(text) ? Buffer.from(text, 'hex') : null;
}

/** Whether the bytes are the same, in a time that does not tell where they differ. */
export function sameBytes(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}

function padded(text: string): string {
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}
