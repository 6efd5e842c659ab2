import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { fromAdaptedBase64, fromBase64, fromHex, sameBytes } from './encodings.js';
import { type HashFamily, MALFORMED, type ParsedHash, type RefusedHash } from './hash-family.js';

/** Most iterations: up to 0.7 s of a core, with SHA-512. Django and Werkzeug have passed one million; OWASP asks for 600,000 of SHA-256. */
export const MAX_PBKDF2_ITERATIONS = 2_000_000;

/** Key length, bytes: all three formats write as many as the digest has. A longer one would cost as many times more. */
const DIGEST_BYTES: Record<string, number> = { sha1: 20, sha256: 32, sha512: 64 };

interface Fields {
  digest: string;
  iterations: number;
  salt: Buffer | null;
  key: Buffer | null;
}

const derive = promisify(pbkdf2);

/**
 * PBKDF2 (RFC 8018) with SHA-1, SHA-256 or SHA-512, as Django writes it, `pbkdf2_sha256$iterations$salt$base64`; Werkzeug,
 * `pbkdf2:sha256:iterations$salt$hex`; passlib, `$pbkdf2-sha256$rounds$salt$key` (and `$pbkdf2$` for SHA-1). The first two use the
 * letters of the salt as they stand, the last one decodes them. Source: `django.contrib.auth.hashers`, `werkzeug.security`,
 * `passlib.hash.pbkdf2_digest`.
 */
export const PBKDF2: HashFamily = {
  name: 'pbkdf2',
  parse(stored: string): ParsedHash | RefusedHash | null {
    if (!/^(?:pbkdf2[_:]|\$pbkdf2[-$])/.test(stored)) return null;
    // Werkzeug reads this as "my default", which was 1,000, 50,000, 150,000, 260,000, 600,000 and 1,000,000 in turn. It never writes it.
    if (/^pbkdf2:sha\d+\$/.test(stored)) return { refused: 'the number of iterations is not stated' };
    const fields = readDjango(stored) ?? readWerkzeug(stored) ?? readPasslib(stored);
    if (fields === null) return MALFORMED;
    const { digest, iterations, salt, key } = fields;
    if (salt === null || key === null || key.length !== DIGEST_BYTES[digest]) return MALFORMED;
    if (iterations > MAX_PBKDF2_ITERATIONS) return { refused: `more than ${MAX_PBKDF2_ITERATIONS} iterations` };
    return { verify: async (password) => sameBytes(await derive(password, salt, iterations, key.length, digest), key) };
  },
};

function readDjango(stored: string): Fields | null {
  const [found, digest = '', iterations, salt = '', key = ''] =
    /^pbkdf2_(sha1|sha256|sha512)\$([1-9]\d*)\$([^$]+)\$([^$]+)$/.exec(stored) ?? [];
  return found === undefined ? null : { digest, iterations: Number(iterations), salt: Buffer.from(salt), key: fromBase64(key) };
}

function readWerkzeug(stored: string): Fields | null {
  const [found, digest = '', iterations, salt = '', key = ''] =
    /^pbkdf2:(sha1|sha256|sha512):([1-9]\d*)\$([^$]+)\$([^$]+)$/.exec(stored) ?? [];
  return found === undefined ? null : { digest, iterations: Number(iterations), salt: Buffer.from(salt), key: fromHex(key) };
}

function readPasslib(stored: string): Fields | null {
  const [found, digest = 'sha1', iterations, salt = '', key = ''] =
    /^\$pbkdf2(?:-(sha256|sha512))?\$([1-9]\d*)\$([^$]*)\$([^$]+)$/.exec(stored) ?? [];
  if (found === undefined) return null;
  return { digest, iterations: Number(iterations), salt: fromAdaptedBase64(salt), key: fromAdaptedBase64(key) };
}
