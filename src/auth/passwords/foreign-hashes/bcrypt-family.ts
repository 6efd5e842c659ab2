import { createHash, createHmac } from 'node:crypto';
import { verify } from '@node-rs/bcrypt';
import { type HashFamily, type HashSecrets, MALFORMED, type ParsedHash, type RefusedHash } from './hash-family.js';
import { slashedSpellings, someSpelling } from './spellings.js';

/** Highest cost: 2^14 rounds, about a second of a core. The defaults in use are 10 to 12. */
export const MAX_BCRYPT_COST = 14;
/** Lowest cost that bcrypt defines. */
const MIN_BCRYPT_COST = 4;

/**
 * Version, cost, 128 bits of salt, 184 bits of checksum. The last character of the salt and of the checksum hold four and two spare
 * bits, which must be zero, so that no two strings mean the same hash.
 */
const MODULAR_CRYPT = /^\$2([abxy])\$(\d\d)\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{30}[.CGKOSWaeimquy26]$/;

/** What bcrypt gets for a password: several texts where the old system may have hashed any of them. */
type Preparation = (password: string, secrets: HashSecrets) => readonly string[];

const PREPARATIONS: Readonly<Record<string, Preparation>> = {
  // Devise appends the pepper. Source: `Devise::Encryptor`.
  $: (password, { bcryptPepper = '' }) => [password + bcryptPepper],
  bcrypt$$: (password) => [password],
  bcrypt_sha256$$: (password) => [createHash('sha256').update(password, 'utf8').digest('hex')],
  $wp$: (password) => slashedSpellings(password).map((spelling) => createHmac('sha384', 'wp-sha384').update(spelling).digest('base64')),
};

/**
 * bcrypt as `$2a$`, `$2b$`, `$2y$`; Django's `bcrypt$$2b$…` and `bcrypt_sha256$$2b$…`; WordPress' `$wp$2y$…` (6.8 and later).
 *
 * bcrypt looks at the first 72 bytes of a password only, and so do these hashes, until the next sign-in replaces them. Django's
 * `bcrypt_sha256` puts in the hexadecimal SHA-256 of the password, WordPress the base64 of an HMAC, which are shorter. `BCRYPT_PEPPER`
 * counts for the bare notation alone. Source: crypt(5), `django.contrib.auth.hashers.BCryptSHA256PasswordHasher`, `wp_check_password`.
 */
export const BCRYPT: HashFamily = {
  name: 'bcrypt',
  parse(stored: string): ParsedHash | RefusedHash | null {
    const [, notation = '', rest = ''] = /^(bcrypt(?:_sha256)?\$\$|\$wp\$|\$)(2[a-z]?\$.*)$/s.exec(stored) ?? [];
    const prepare = PREPARATIONS[notation];
    if (prepare === undefined) return /^bcrypt(?:_sha256)?\$/.test(stored) ? MALFORMED : null;
    const crypt = `$${rest}`;
    const [, version, digits] = MODULAR_CRYPT.exec(crypt) ?? [];
    // Hashes of crypt_blowfish before 1.1, whose sign extension bug makes other hashes of letters beyond ASCII.
    if (version === 'x') return { refused: 'made by the faulty version $2x$' };
    const cost = Number(digits);
    if (cost > MAX_BCRYPT_COST) return { refused: `a cost above ${MAX_BCRYPT_COST}` };
    if (!(cost >= MIN_BCRYPT_COST)) return MALFORMED;
    return { verify: (password, secrets) => someSpelling(prepare(password, secrets), (text) => verify(text, crypt)) };
  },
};
