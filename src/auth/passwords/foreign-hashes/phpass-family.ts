import { computeCrypt } from './crypt-threads.js';
import { sameBytes } from './encodings.js';
import { type HashFamily, MALFORMED, type ParsedHash, type RefusedHash } from './hash-family.js';
import { escapedSpellings, slashedSpellings, someSpelling } from './spellings.js';

/** Most rounds, as a power of two: 0.6 s of a core. WordPress has 2^13, phpBB 2^11. */
export const MAX_PHPASS_LOG2 = 19;
/** Fewest rounds that phpass accepts, as a power of two. */
const MIN_PHPASS_LOG2 = 7;

/** Digits of the number of rounds. */
const DIGITS = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const NOTATION = /^\$[PH]\$([./\dA-Za-z])([./\dA-Za-z]{8})([./\dA-Za-z]{22})$/;

/**
 * The "portable hashes" of phpass: rounds of MD5. WordPress before 6.8 writes `$P$`, phpBB 3.0 `$H$`. Source:
 * https://www.openwall.com/phpass/, `PasswordHash::crypt_private`.
 */
export const PHPASS: HashFamily = {
  name: 'phpass',
  parse(stored: string): ParsedHash | RefusedHash | null {
    if (!/^\$[PH]\$/.test(stored)) return null;
    const [, digit, salt = '', checksum = ''] = NOTATION.exec(stored) ?? [];
    const log2 = digit === undefined ? 0 : DIGITS.indexOf(digit);
    if (log2 < MIN_PHPASS_LOG2) return MALFORMED;
    if (log2 > MAX_PHPASS_LOG2) return { refused: `more than 2^${MAX_PHPASS_LOG2} rounds` };
    const expected = Buffer.from(checksum);
    const isRight = async (text: string): Promise<boolean> =>
      sameBytes(Buffer.from((await computeCrypt({ loop: 'phpass', count: 2 ** log2 }, text, salt)) ?? ''), expected);
    const spellingsOf = stored.startsWith('$H$') ? escapedSpellings : slashedSpellings;
    return { verify: (password) => someSpelling(spellingsOf(password), isRight) };
  },
};
