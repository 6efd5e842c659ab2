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

interface Fields {
  cost: number;
  blockSize: number;
  lanes: number;
  salt: Buffer | null;
  key: Buffer | null;
}

const derive = promisify<BinaryLike, BinaryLike, number, ScryptOptions, Buffer>(scrypt);

/**
 * scrypt (RFC 7914) as Werkzeug writes it, `scrypt:N:r:p$salt$hex`; Django, `scrypt$N$salt$r$p$base64`; passlib and other users of PHC
 * strings, `$scrypt$ln=log2(N),r=…,p=…$salt$key`. The first two use the letters of the salt as they stand, the last one decodes them.
 * Source: `werkzeug.security`, `django.contrib.auth.hashers.ScryptPasswordHasher`, `passlib.hash.scrypt`.
 */
export const SCRYPT: HashFamily = {
  name: 'scrypt',
  parse(stored: string): ParsedHash | RefusedHash | null {
    if (!/^(?:scrypt[:$]|\$scrypt\$)/.test(stored)) return null;
    const fields = readWerkzeug(stored) ?? readDjango(stored) ?? readPhc(stored);
    if (fields === null) return MALFORMED;
    const { cost, blockSize, lanes, salt, key } = fields;
    if (salt === null || salt.length === 0 || key === null || key.length < KEY_BYTES.min || key.length > KEY_BYTES.max) return MALFORMED;
    if (128 * cost * blockSize > MAX_SCRYPT_BYTES) return { refused: `more than ${MAX_SCRYPT_BYTES / 1024} KiB of memory` };
    if (cost * blockSize * lanes > MAX_SCRYPT_WORK) return { refused: `more work than N·r·p = ${MAX_SCRYPT_WORK}` };
    if (cost < 2 || !Number.isInteger(Math.log2(cost))) return MALFORMED;
    // Node counts the lanes' blocks and two spare ones too.
    const options = { N: cost, r: blockSize, p: lanes, maxmem: 128 * blockSize * (cost + lanes + 2) + 1 };
    return { verify: async (password) => sameBytes(await derive(password, salt, key.length, options), key) };
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
