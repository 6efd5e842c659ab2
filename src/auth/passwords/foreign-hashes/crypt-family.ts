import { computeCrypt, type CryptLoop } from './crypt-threads.js';
import { sameBytes } from './encodings.js';
import { type HashFamily, MALFORMED, type ParsedHash, type RefusedHash } from './hash-family.js';

/** Most rounds of sha-crypt: a second of a core. passlib's default is 656,000, that of crypt(3) 5,000. */
export const MAX_SHA_CRYPT_ROUNDS = 700_000;
/** Fewest rounds that sha-crypt defines, and those of a hash that states none. */
const SHA_CRYPT_ROUNDS = { min: 1_000, default: 5_000 };

/** A salt holds what a line of shadow(5) can, but no `$`; the checksum is base64 of crypt(3). */
const MD5_CRYPT = /^(\$(?:1|apr1)\$)([!-#%-9;-~]{0,8})\$([./\dA-Za-z]{22})$/;
const SHA_CRYPT = /^\$([56])\$(?:rounds=([1-9]\d*)\$)?([!-#%-9;-~]{0,16})\$([./\dA-Za-z]+)$/;

const ALGORITHMS = { 5: { algorithm: 'sha256', chars: 43 }, 6: { algorithm: 'sha512', chars: 86 } } as const;

/**
 * md5-crypt (`$1$`, and Apache's `$apr1$`) and sha-crypt (`$5$`, `$6$`) of crypt(3): shadow files, Dovecot, htpasswd. Source: crypt(5),
 * https://www.akkadia.org/drepper/SHA-crypt.txt, Apache's "Password Formats".
 */
export const CRYPT: HashFamily = {
  name: 'crypt',
  parse(stored: string): ParsedHash | RefusedHash | null {
    if (!/^\$(?:1|apr1|5|6)\$/.test(stored)) return null;
    const [, magic, md5Salt = '', md5Checksum = ''] = MD5_CRYPT.exec(stored) ?? [];
    if (magic !== undefined) return toHash({ loop: 'md5-crypt', magic }, md5Salt, md5Checksum);
    const [, version, rounds, salt = '', checksum = ''] = SHA_CRYPT.exec(stored) ?? [];
    const { algorithm, chars } = ALGORITHMS[version === '5' ? 5 : 6];
    const count = rounds === undefined ? SHA_CRYPT_ROUNDS.default : Number(rounds);
    if (version === undefined || checksum.length !== chars || count < SHA_CRYPT_ROUNDS.min) return MALFORMED;
    if (count > MAX_SHA_CRYPT_ROUNDS) return { refused: `more than ${MAX_SHA_CRYPT_ROUNDS} rounds` };
    return toHash({ loop: 'sha-crypt', algorithm, count }, salt, checksum);
  },
};

function toHash(loop: CryptLoop, salt: string, checksum: string): ParsedHash {
  const expected = Buffer.from(checksum);
  return { verify: async (password) => sameBytes(Buffer.from((await computeCrypt(loop, password, salt)) ?? ''), expected) };
}
