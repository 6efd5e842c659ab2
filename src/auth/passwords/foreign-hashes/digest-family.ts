import { createHash, createHmac } from 'node:crypto';
import { fromBase64, fromHex, sameBytes } from './encodings.js';
import { type HashFamily, MALFORMED, type ParsedHash, type RefusedHash } from './hash-family.js';

const DIGEST_BYTES: Record<string, number> = { md5: 16, sha1: 20, sha256: 32, sha512: 64 };

/** Digests behind LDAP's scheme names. Source: RFC 2307 §5.3 and OpenLDAP's slapd-pw-sha2(5). */
const LDAP_DIGESTS: Record<string, string> = { SMD5: 'md5', SSHA: 'sha1', SSHA256: 'sha256', SSHA512: 'sha512' };

/**
 * One round of MD5, SHA-1, SHA-256 or SHA-512; a microsecond, so computed at once.
 *
 * - `sha1$salt$hex`, and so for the others: Django digests the salt followed by the password; Werkzeug before 3.0 makes an HMAC of the
 *   password with the salt as its key. The strings look the same, so both are tried. Without a salt (`md5$$hex`) both take the bare digest.
 * - 32 hexadecimal digits alone: the bare MD5 that Django's `unsalted_md5` writes.
 * - `{SSHA}`, `{SSHA256}`, `{SSHA512}`, `{SMD5}`: base64 of the digest of password and salt, followed by the salt, as in LDAP. The form to
 *   choose for hashes of a system that had no notation of its own.
 *
 * Source: `django.contrib.auth.hashers`, `werkzeug.security._hash_internal`, RFC 2307.
 */
export const DIGEST: HashFamily = {
  name: 'digest',
  parse(stored: string): ParsedHash | RefusedHash | null {
    return parseLdap(stored) ?? parseDollars(/^[0-9a-f]{32}$/.test(stored) ? `md5$$${stored}` : stored);
  },
};

function parseDollars(stored: string): ParsedHash | RefusedHash | null {
  const [found, algorithm = '', rest = ''] = /^(md5|sha1|sha256|sha512)\$(.*)$/s.exec(stored) ?? [];
  if (found === undefined) return null;
  const [, salt = '', hex = ''] = /^([^$]*)\$([0-9a-f]+)$/.exec(rest) ?? [];
  const digest = fromHex(hex);
  if (digest === null || digest.length !== DIGEST_BYTES[algorithm]) return MALFORMED;
  const verify = (password: string): boolean => {
    const saltFirst = sameBytes(createHash(algorithm).update(salt).update(password).digest(), digest);
    const keyedBySalt = sameBytes(createHmac(algorithm, salt).update(password).digest(), digest);
    return saltFirst || (salt !== '' && keyedBySalt);
  };
  return { verify: (password) => Promise.resolve(verify(password)) };
}

function parseLdap(stored: string): ParsedHash | RefusedHash | null {
  const [found, scheme = '', encoded = ''] = /^\{(SMD5|SSHA|SSHA256|SSHA512)\}(.*)$/s.exec(stored) ?? [];
  const algorithm = LDAP_DIGESTS[scheme];
  if (found === undefined || algorithm === undefined) return null;
  const bytes = fromBase64(encoded);
  const length = DIGEST_BYTES[algorithm];
  if (bytes === null || length === undefined || bytes.length <= length) return MALFORMED;
  const [digest, salt] = [bytes.subarray(0, length), bytes.subarray(length)];
  return { verify: (password) => Promise.resolve(sameBytes(createHash(algorithm).update(password).update(salt).digest(), digest)) };
}
