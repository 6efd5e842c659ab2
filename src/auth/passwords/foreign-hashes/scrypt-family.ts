import { type BinaryLike, type ScryptOptions, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { fromBase64, fromHex, fromUnpaddedBase64, sameBytes } from './encodings.js';
import { type HashFamily, MALFORMED, type ParsedHash, type RefusedHash } from './hash-family.js';

/** Most memory, bytes: 128 MiB, what the strongest setting of the OWASP Password Storage Cheat Sheet takes (N = 2^17, r = 8). */
export const MAX_SCRYPT_BYTES = 128 * 1024 * 1024;
/** Most work, N · r · p: twice what that cheat sheet's settings come to (2^20), about half a second of a core. */
export const MAX_SCRYPT_WORK = 2 ** 21;
/** Key lengths accepted, bytes: 128 bits at least; the formats in use have 32 or 64. */
const KEY_BYTES = { min: 16, max: 64 };

/** What scrypt (RFC 7914 §2) calls N, r and p. */
export interface ScryptCosts {
  cost: number;
  blockSize: number;
  lanes: number;
}

interface Fields extends ScryptCosts {
  salt: Buffer | null;
  key: Buffer | null;
  /** Unicode form of passwords, where the old system chose one. */
  form?: 'NFKC';
}

const derive = promisify<BinaryLike, BinaryLike, number, ScryptOptions, Buffer>(scrypt);

/** Why a hash is not compared with; null if nothing speaks against it. */
export function refusalOfCosts({ cost, blockSize, lanes }: ScryptCosts): RefusedHash | null {
  if (128 * cost * blockSize > MAX_SCRYPT_BYTES) return { refused: `more than ${MAX_SCRYPT_BYTES / 1024} KiB of memory` };
  if (cost * blockSize * lanes > MAX_SCRYPT_WORK) return { refused: `more work than N·r·p = ${MAX_SCRYPT_WORK}` };
  return cost < 2 || !Number.isInteger(Math.log2(cost)) ? MALFORMED : null;
}

/** Computes a key of so many bytes. */
export function deriveScrypt(password: string, salt: Buffer, bytes: number, { cost, blockSize, lanes }: ScryptCosts): Promise<Buffer> {
  // Node counts the lanes' blocks and two spare ones too.
  return derive(password, salt, bytes, { N: cost, r: blockSize, p: lanes, maxmem: 128 * blockSize * (cost + lanes + 2) + 1 });
}

/**
 * scrypt (RFC 7914) as Werkzeug writes it, `scrypt:N:r:p$salt$hex`; Django, `scrypt$N$salt$r$p$base64`; passlib and other users of PHC
 * strings, `$scrypt$ln=log2(N),r=…,p=…$salt$key`; better-auth, `hex:hex` of salt and key without the costs. Only the PHC string's salt is
 * decoded, the others are used as they stand. Source: `werkzeug.security`, `django.contrib.auth.hashers.ScryptPasswordHasher`,
 * `passlib.hash.scrypt`, better-auth's `crypto/password.ts`.
 */
export const SCRYPT: HashFamily = {
  name: 'scrypt',
  parse(stored: string): ParsedHash | RefusedHash | null {
    const betterAuth = readBetterAuth(stored);
    if (betterAuth === null && !/^(?:scrypt[:$]|\$scrypt\$)/.test(stored)) return null;
    const fields = betterAuth ?? readWerkzeug(stored) ?? readDjango(stored) ?? readPhc(stored);
    if (fields === null) return MALFORMED;
    const { salt, key, form } = fields;
    if (salt === null || salt.length === 0 || key === null || key.length < KEY_BYTES.min || key.length > KEY_BYTES.max) return MALFORMED;
    const prepared = (password: string): string => (form === undefined ? password : password.normalize(form));
    return (
      refusalOfCosts(fields) ?? {
        verify: async (password) => sameBytes(await deriveScrypt(prepared(password), salt, key.length, fields), key),
      }
    );
  },
};

function readWerkzeug(stored: string): Fields | null {
  const [found, cost, blockSize, lanes, salt = '', key = ''] =
    /^scrypt:([1-9]\d*):([1-9]\d*):([1-9]\d*)\$([^$]+)\$([^$]+)$/.exec(stored) ?? [];
  if (found === undefined) return null;
  return { cost: Number(cost), blockSize: Number(blockSize), lanes: Number(lanes), salt: Buffer.from(salt), key: fromHex(key) };
}

function readDjango(stored: string): Fields | null {
  const [found, cost, salt = '', blockSize, lanes, key = ''] =
    /^scrypt\$([1-9]\d*)\$([^$]+)\$([1-9]\d*)\$([1-9]\d*)\$([^$]+)$/.exec(stored) ?? [];
  if (found === undefined) return null;
  return { cost: Number(cost), blockSize: Number(blockSize), lanes: Number(lanes), salt: Buffer.from(salt), key: fromBase64(key) };
}

function readPhc(stored: string): Fields | null {
  const [found, log2, blockSize, lanes, salt = '', key = ''] =
    /^\$scrypt\$ln=([1-9]\d?),r=([1-9]\d*),p=([1-9]\d*)\$([^$=]+)\$([^$=]+)$/.exec(stored) ?? [];
  if (found === undefined) return null;
  return {
    cost: 2 ** Number(log2),
    blockSize: Number(blockSize),
    lanes: Number(lanes),
    salt: fromUnpaddedBase64(salt),
    key: fromUnpaddedBase64(key),
  };
}

/** The salt is the text of its digits. */
function readBetterAuth(stored: string): Fields | null {
  const [found, salt = '', key = ''] = /^([\da-f]{32}):([\da-f]{128})$/i.exec(stored) ?? [];
  if (found === undefined) return null;
  return { cost: 16_384, blockSize: 16, lanes: 1, salt: Buffer.from(salt), key: fromHex(key), form: 'NFKC' };
}
