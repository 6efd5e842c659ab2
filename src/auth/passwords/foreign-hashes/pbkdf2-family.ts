import { fromAdaptedBase64, fromAnyBase64, fromBase64, fromHex } from './encodings.js';
import { type HashFamily, MALFORMED, type ParsedHash, type RefusedHash } from './hash-family.js';
import { DIGEST_BYTES, type Pbkdf2Fields as Fields, toPbkdf2Hash } from './pbkdf2-hash.js';

/** Keys of Keycloak, whatever the digest: 512 bits, in early versions 1,024 for SHA-512. passlib's are as long as the digest. */
const KEYCLOAK_KEY_BYTES = new Set([64, 128]);

/**
 * PBKDF2 (RFC 8018) with SHA-1, SHA-256 or SHA-512, as Django writes it, `pbkdf2_sha256$iterations$salt$base64`; Werkzeug,
 * `pbkdf2:sha256:iterations$salt$hex`; passlib, `$pbkdf2-sha256$rounds$salt$key` (and `$pbkdf2$` for SHA-1); PHC strings,
 * `$pbkdf2-sha256$i=iterations,l=bytes$salt$key`, the form for Keycloak's; Dovecot, `{PBKDF2}$1$salt$rounds$hex`. Django, Werkzeug and
 * Dovecot use the letters of the salt as they stand, the others decode them. Source: `django.contrib.auth.hashers`, `werkzeug.security`,
 * `passlib.hash.pbkdf2_digest`, Keycloak's `Pbkdf2PasswordHashProvider`, Dovecot's `password-scheme-pbkdf2.c`.
 */
export const PBKDF2: HashFamily = {
  name: 'pbkdf2',
  parse(stored: string): ParsedHash | RefusedHash | null {
    if (!/^(?:pbkdf2[_:]|\$pbkdf2[-$]|\{pbkdf2\})/i.test(stored)) return null;
    // Werkzeug reads this as "my default", which was 1,000, 50,000, 150,000, 260,000, 600,000 and 1,000,000 in turn. It never writes it.
    if (/^pbkdf2:sha\d+\$/.test(stored)) return { refused: 'the number of iterations is not stated' };
    const fields = readDjango(stored) ?? readWerkzeug(stored) ?? readPasslib(stored) ?? readPhc(stored) ?? readDovecot(stored);
    return fields === null ? MALFORMED : toPbkdf2Hash(fields);
  },
};

function readDjango(stored: string): Fields | null {
  const [found, digest = '', iterations, salt = '', key = ''] =
    /^pbkdf2_(sha1|sha256|sha512)\$([1-9]\d*)\$([^$]+)\$([^$]+)$/.exec(stored) ?? [];
  if (found === undefined) return null;
  return { digest, iterations: Number(iterations), salt: Buffer.from(salt), key: ofDigest(digest, fromBase64(key)) };
}

function readWerkzeug(stored: string): Fields | null {
  const [found, digest = '', iterations, salt = '', key = ''] =
    /^pbkdf2:(sha1|sha256|sha512):([1-9]\d*)\$([^$]+)\$([^$]+)$/.exec(stored) ?? [];
  if (found === undefined) return null;
  return { digest, iterations: Number(iterations), salt: Buffer.from(salt), key: ofDigest(digest, fromHex(key)) };
}

function readPasslib(stored: string): Fields | null {
  const [found, digest = 'sha1', iterations, salt = '', key = ''] =
    /^\$pbkdf2(?:-(sha1|sha256|sha512))?\$([1-9]\d*)\$([^$]*)\$([^$]+)$/.exec(stored) ?? [];
  if (found === undefined) return null;
  const bytes = fromAdaptedBase64(key);
  const isWhole = bytes !== null && (bytes.length === DIGEST_BYTES[digest] || KEYCLOAK_KEY_BYTES.has(bytes.length));
  return { digest, iterations: Number(iterations), salt: fromAdaptedBase64(salt), key: isWhole ? bytes : null };
}

function readPhc(stored: string): Fields | null {
  const [found, digest = 'sha1', iterations, length, salt = '', key = ''] =
    /^\$pbkdf2(?:-(sha1|sha256|sha512))?\$i=([1-9]\d*)(?:,l=([1-9]\d{0,3}))?\$([^$]+)\$([^$]+)$/.exec(stored) ?? [];
  if (found === undefined) return null;
  const bytes = fromAnyBase64(key);
  const isWhole = length === undefined || bytes?.length === Number(length);
  return { digest, iterations: Number(iterations), salt: fromAnyBase64(salt), key: isWhole ? bytes : null };
}

function readDovecot(stored: string): Fields | null {
  const [found, salt = '', iterations, key = ''] = /^\{pbkdf2\}\$1\$([^$]+)\$([1-9]\d*)\$([^$]+)$/i.exec(stored) ?? [];
  if (found === undefined) return null;
  return { digest: 'sha1', iterations: Number(iterations), salt: Buffer.from(salt), key: ofDigest('sha1', fromHex(key)) };
}

/** A key as long as the digest, which these notations always have. */
function ofDigest(digest: string, key: Buffer | null): Buffer | null {
  return key?.length === DIGEST_BYTES[digest] ? key : null;
}
