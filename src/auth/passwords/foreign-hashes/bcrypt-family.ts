import { createHash } from 'node:crypto';
import { verify } from '@node-rs/bcrypt';
import { type HashFamily, MALFORMED, type ParsedHash, type RefusedHash } from './hash-family.js';

/** Highest cost: 2^14 rounds, about a second of a core. The defaults in use are 10 to 12. */
export const MAX_BCRYPT_COST = 14;
/** Lowest cost that bcrypt defines. */
const MIN_BCRYPT_COST = 4;

/**
 * Version, cost, 128 bits of salt, 184 bits of checksum. The last character of the salt and of the checksum hold four and two spare
 * bits, which must be zero, so that no two strings mean the same hash.
 */
const MODULAR_CRYPT = /^\$2([abxy])\$(\d\d)\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{30}[.CGKOSWaeimquy26]$/;

/**
 * bcrypt as `$2a$`, `$2b$`, `$2y$`, and Django's `bcrypt$$2b$…` and `bcrypt_sha256$$2b$…`.
 *
 * bcrypt looks at the first 72 bytes of a password only, and so do these hashes, until the next sign-in replaces them. Django's
 * `bcrypt_sha256` puts in the hexadecimal SHA-256 of the password, which is shorter. Source: crypt(5),
 * `django.contrib.auth.hashers.BCryptSHA256PasswordHasher`.
 */
export const BCRYPT: HashFamily = {
  name: 'bcrypt',
  parse(stored: string): ParsedHash | RefusedHash | null {
    const crypt = stored.replace(/^bcrypt(?:_sha256)?\$/, '');
    if (!/^\$2[a-z]?\$/.test(crypt)) return null;
    const [, version, digits] = MODULAR_CRYPT.exec(crypt) ?? [];
    // Hashes of crypt_blowfish before 1.1, whose sign extension bug makes other hashes of letters beyond ASCII.
    if (version === 'x') return { refused: 'made by the faulty version $2x$' };
    const cost = Number(digits);
    if (cost > MAX_BCRYPT_COST) return { refused: `a cost above ${MAX_BCRYPT_COST}` };
    if (!(cost >= MIN_BCRYPT_COST)) return MALFORMED;
    const input = stored.startsWith('bcrypt_sha256$') ? sha256Hex : (password: string) => password;
    return { verify: (password) => verify(input(password), crypt) };
  },
};

function sha256Hex(password: string): string {
  return createHash('sha256').update(password, 'utf8').digest('hex');
}
