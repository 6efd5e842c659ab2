import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { sameBytes } from './encodings.js';
import { MALFORMED, type ParsedHash, type RefusedHash } from './hash-family.js';

/** Most iterations: up to 0.7 s of a core, with SHA-512. Django and Werkzeug have passed one million; OWASP asks for 600,000 of SHA-256. */
export const MAX_PBKDF2_ITERATIONS = 2_000_000;

/** Length of a digest, bytes: that of one block of a key (RFC 8018 §5.2). */
export const DIGEST_BYTES: Readonly<Record<string, number>> = { sha1: 20, sha256: 32, sha512: 64 };
/** Key lengths accepted, bytes: 128 bits at least; Keycloak's longest has 128. */
const KEY_BYTES = { min: 16, max: 128 };

/** What a notation says. */
export interface Pbkdf2Fields {
  digest: string;
  iterations: number;
  /** Null if it cannot be read. */
  salt: Buffer | null;
  /** Null if it cannot be read. */
  key: Buffer | null;
}

const derive = promisify(pbkdf2);

/** A hash to compare with. */
export function toPbkdf2Hash({ digest, iterations, salt, key }: Pbkdf2Fields): ParsedHash | RefusedHash {
  const block = DIGEST_BYTES[digest];
  if (block === undefined || iterations < 1 || salt === null) return MALFORMED;
  if (key === null || key.length < KEY_BYTES.min || key.length > KEY_BYTES.max) return MALFORMED;
  if (iterations > MAX_PBKDF2_ITERATIONS) return { refused: `more than ${MAX_PBKDF2_ITERATIONS} iterations` };
  // Each block of a key is computed by itself, and one decides: the 64 bytes that Keycloak keeps of SHA-1 would cost four times as much.
  const first = key.subarray(0, block);
  return { verify: async (password) => sameBytes(await derive(password, salt, iterations, first.length, digest), first) };
}
