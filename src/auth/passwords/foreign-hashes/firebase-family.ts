import { createCipheriv } from 'node:crypto';
import { fromAnyBase64, sameBytes } from './encodings.js';
import { type HashFamily, MALFORMED, type ParsedHash, type RefusedHash } from './hash-family.js';
import { deriveScrypt, refusalOfCosts } from './scrypt-family.js';

/** Length of the key that scrypt computes, bytes: that of AES-256. */
const KEY_BYTES = 32;
/** The counter starts at zero: each key encrypts one text only. */
const COUNTER = Buffer.alloc(16);

const NOTATION =
  /^\$fbscrypt\$v=1,n=([1-9]\d?),r=([1-9]\d{0,5}),p=([1-9]\d{0,5})(?:,ss=([\w+/=-]*))?,sk=([\w+/=-]+)\$([\w+/=-]+)\$([\w+/=-]+)$/;

/**
 * Firebase's variant of scrypt: what is stored is the project's signer key, encrypted under the key that scrypt makes of the password and of
 * the salt with the project's separator. In the notation of Supabase (GoTrue), which holds the project's parameters:
 * `$fbscrypt$v=1,n=mem-cost,r=rounds,p=1,ss=separator,sk=signer key$salt$hash`. Source: https://github.com/firebase/scrypt, GoTrue's
 * `crypto/password.go`.
 */
export const FIREBASE: HashFamily = {
  name: 'firebase',
  parse(stored: string): ParsedHash | RefusedHash | null {
    if (!stored.startsWith('$fbscrypt$')) return null;
    const [found, log2, rounds, lanes, ss = '', sk = '', saltText = '', hashText = ''] = NOTATION.exec(stored) ?? [];
    const [separator, signerKey, salt, hash] = [ss, sk, saltText, hashText].map(fromAnyBase64);
    if (found === undefined || !separator || !signerKey || !salt || hash?.length !== signerKey.length) return MALFORMED;
    const costs = { cost: 2 ** Number(log2), blockSize: Number(rounds), lanes: Number(lanes) };
    const salted = Buffer.concat([salt, separator]);
    return (
      refusalOfCosts(costs) ?? {
        verify: async (password) => {
          const key = await deriveScrypt(password, salted, KEY_BYTES, costs);
          return sameBytes(createCipheriv('aes-256-ctr', key, COUNTER).update(signerKey), hash);
        },
      }
    );
  },
};
