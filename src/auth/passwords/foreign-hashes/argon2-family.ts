import { verify } from '@node-rs/argon2';
import { fromUnpaddedBase64 } from './encodings.js';
import { type HashFamily, MALFORMED, type ParsedHash, type RefusedHash } from './hash-family.js';

/**
 * Most memory, KiB: 256 MiB, libsodium's MODERATE. Several hashes run at a time, each with as much; RFC 9106's first choice of 2 GiB
 * would let a handful of sign-ins exhaust the server.
 */
export const MAX_ARGON2_MEMORY_KIB = 262_144;
/** Most passes. Bounds the time at the memory's ceiling to some 1.5 s of a core; the defaults in use are 1 to 4. */
export const MAX_ARGON2_PASSES = 16;
/** Most lanes: Django's default is the largest in common use. */
export const MAX_ARGON2_LANES = 8;

/** Shortest salt, bytes. Source: RFC 9106 §3.1. */
const MIN_SALT_BYTES = 8;
/** Shortest tag, bytes: 128 bits. The RFC permits 4, which a guess in 2^32 would meet. */
const MIN_TAG_BYTES = 16;

const PHC =
  /^\$argon2(?:id|i|d)(?:\$v=(?:16|19))?\$m=([1-9]\d{0,8}),t=([1-9]\d{0,8}),p=([1-9]\d{0,8})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/**
 * Argon2id, Argon2i, Argon2d as PHC strings, versions 16 (also when unstated) and 19, and Django's `argon2$argon2id$v=19$…`, which is
 * a PHC string behind the word `argon2`. Source: RFC 9106, PHC string format, `django.contrib.auth.hashers.Argon2PasswordHasher`.
 */
export const ARGON2: HashFamily = {
  name: 'argon2',
  parse(stored: string): ParsedHash | RefusedHash | null {
    const phc = stored.replace(/^argon2\$/, '$');
    if (!/^\$argon2(?:id|i|d)\$/.test(phc)) return null;
    const [, memory, passes, lanes, salt = '', tag = ''] = PHC.exec(phc) ?? [];
    const [memoryKib, passCount, laneCount] = [Number(memory), Number(passes), Number(lanes)];
    if ((fromUnpaddedBase64(salt)?.length ?? 0) < MIN_SALT_BYTES || (fromUnpaddedBase64(tag)?.length ?? 0) < MIN_TAG_BYTES)
      return MALFORMED;
    if (memoryKib > MAX_ARGON2_MEMORY_KIB) return { refused: `more than ${MAX_ARGON2_MEMORY_KIB} KiB of memory` };
    if (passCount > MAX_ARGON2_PASSES) return { refused: `more than ${MAX_ARGON2_PASSES} passes` };
    if (laneCount > MAX_ARGON2_LANES) return { refused: `more than ${MAX_ARGON2_LANES} lanes` };
    // RFC 9106 §3.1.
    if (memoryKib < 8 * laneCount) return MALFORMED;
    return { verify: (password) => verify(phc, password) };
  },
};
