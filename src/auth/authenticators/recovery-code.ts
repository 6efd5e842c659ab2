import { randomBytes } from 'node:crypto';

/** Length of a recovery code, bytes: 80 bit, which no limit has to protect. */
const CODE_BYTES = 10;

/** Without I, L, O and U, which are taken for others (Crockford's base32). */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const GROUP_CHARS = 4;

/** 16 characters of 5 bit. */
const CODE = /^[\dA-HJKMNP-TV-Z]{16}$/;

/** A new recovery code in groups, as it is shown: `7QK2-9F3D-0XWA-B6MT`. */
export function newRecoveryCode(): string {
  let bits = BigInt(`0x${randomBytes(CODE_BYTES).toString('hex')}`);
  let code = '';
  for (let chars = 0; chars < (CODE_BYTES * 8) / 5; chars += 1) {
    code = `${ALPHABET[Number(bits & 31n)]}${code}`;
    bits >>= 5n;
  }
  return code.replaceAll(new RegExp(`.{${GROUP_CHARS}}(?=.)`, 'g'), '$&-');
}

/**
 * The form in which codes are compared. Case, blanks and hyphens do not count, and the letters that the alphabet lacks are read as the
 * digits for which they are taken.
 * @returns null for what cannot be a recovery code
 */
export function readRecoveryCode(typed: string): string | null {
  const plain = typed
    .normalize('NFKC')
    .replaceAll(/[\s\p{Pd}\p{Cf}]/gu, '')
    .toUpperCase()
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
  return CODE.test(plain) ? plain : null;
}
