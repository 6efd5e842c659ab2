import { createHash, createHmac } from 'node:crypto';
import { fromBase64, fromHex, sameBytes } from './encodings.js';
import { type HashFamily, MALFORMED, type ParsedHash, type RefusedHash } from './hash-family.js';

const DIGEST_BYTES: Readonly<Record<string, number>> = { md5: 16, sha1: 20, sha256: 32, sha512: 64 };

/** Digests behind the scheme names of LDAP and Dovecot. Those with a salt begin with SM or SS. */
const SCHEMES = new Map([
  ['MD5', 'md5'],
  ['LDAP-MD5', 'md5'],
  ['PLAIN-MD5', 'md5'],
  ['SHA', 'sha1'],
  ['SHA1', 'sha1'],
  ['SHA256', 'sha256'],
  ['SHA512', 'sha512'],
  ['SMD5', 'md5'],
  ['SSHA', 'sha1'],
  ['SSHA256', 'sha256'],
  ['SSHA512', 'sha512'],
]);

/**
 * One round of MD5, SHA-1, SHA-256 or SHA-512; a microsecond, so computed at once.
 *
 * - `sha1$salt$hex`, and so for the others: Django digests the salt followed by the password; Werkzeug before 3.0 makes an HMAC of the
 *   password with the salt as its key. The strings look the same, so both are tried. Without a salt (`md5$$hex`) both take the bare digest.
 * - 32, 40, 64 or 128 hexadecimal digits alone: the bare digest.
 * - `{SHA}`, `{MD5}`, `{SHA256}`, `{SHA512}`: base64 of the digest; hexadecimal digits in Dovecot's `{PLAIN-MD5}` and `{SHA256.hex}`.
 * - `{SSHA}`, `{SSHA256}`, `{SSHA512}`, `{SMD5}`: base64 of the digest of password and salt, followed by the salt, as in LDAP. The form to
 *   choose for hashes of a system that had no notation of its own.
 *
 * Source: `django.contrib.auth.hashers`, `werkzeug.security._hash_internal`, RFC 2307 §5.3, OpenLDAP's slapd-pw-sha2(5), Dovecot's
 * `password-scheme.c`.
 */
export const DIGEST: HashFamily = {
  name: 'digest',
  parse(stored: string): ParsedHash | RefusedHash | null {
    return parseScheme(stored) ?? parseDollars(parseBare(stored) ?? stored);
  },
};

function parseBare(stored: string): string | null {
  const [algorithm] = Object.entries(DIGEST_BYTES).find(([, bytes]) => stored.length === 2 * bytes) ?? [];
  return algorithm !== undefined && fromHex(stored) !== null ? `${algorithm}$$${stored}` : null;
}

function parseDollars(stored: string): ParsedHash | RefusedHash | null {
  const [found, algorithm = '', rest = ''] = /^(md5|sha1|sha256|sha512)\$(.*)$/s.exec(stored) ?? [];
  if (found === undefined) return null;
  const [, salt = '', hex = ''] = /^([^$]*)\$([\da-f]+)$/i.exec(rest) ?? [];
  const digest = fromHex(hex);
  if (digest === null || digest.length !== DIGEST_BYTES[algorithm]) return MALFORMED;
  const verify = (password: string): boolean => {
    const saltFirst = sameBytes(createHash(algorithm).update(salt).update(password).digest(), digest);
    const keyedBySalt = sameBytes(createHmac(algorithm, salt).update(password).digest(), digest);
    return saltFirst || (salt !== '' && keyedBySalt);
  };
  return { verify: (password) => Promise.resolve(verify(password)) };
}

function parseScheme(stored: string): ParsedHash | RefusedHash | null {
  const [, name = '', encoding = '', encoded = ''] = /^\{([a-z\d-]+)(?:\.(hex|b64|base64))?\}(.*)$/is.exec(stored) ?? [];
  const scheme = name.toUpperCase();
  const algorithm = SCHEMES.get(scheme);
  const length = DIGEST_BYTES[algorithm ?? ''];
  if (algorithm === undefined || length === undefined) return null;
  const isSalted = /^S[MS]/.test(scheme);
  // A bare digest in hexadecimal digits has a length of its own, and Dovecot reads it under any of the names.
  const isHex = encoding === '' ? !isSalted && encoded.length === 2 * length : encoding.toLowerCase() === 'hex';
  const bytes = isHex ? fromHex(encoded) : fromBase64(encoded);
  if (bytes === null || (isSalted ? bytes.length <= length : bytes.length !== length)) return MALFORMED;
  const [digest, salt] = [bytes.subarray(0, length), bytes.subarray(length)];
  return { verify: (password) => Promise.resolve(sameBytes(createHash(algorithm).update(password).update(salt).digest(), digest)) };
}
