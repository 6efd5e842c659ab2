import { v7 } from 'uuid';

/** A new UUIDv7 (RFC 9562 §5.7): sorts by creation time, 74 random bits. */
export function newId(): string {
  return v7();
}

const UUID = /^[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/i;

/** Whether `text` is a UUID in the form that this product writes. */
export function isId(text: string): boolean {
  return UUID.test(text);
}

/** The 16 bytes of a UUID. */
export function idToBytes(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

/** The UUID of 16 bytes. */
export function idFromBytes(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
