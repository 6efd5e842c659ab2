import { ARGON2 } from './argon2-family.js';
import { BCRYPT } from './bcrypt-family.js';
import { DIGEST } from './digest-family.js';
import { type HashFamily, MALFORMED, type ParsedHash, type RefusedHash } from './hash-family.js';
import { PBKDF2 } from './pbkdf2-family.js';
import { SCRYPT } from './scrypt-family.js';

/** Longest hash that is looked at, characters; the longest of a known notation has about 250. */
const MAX_HASH_CHARS = 1_024;

/** Every hashing function whose hashes are accepted. A new one is a file of its own and a line here. */
const FAMILIES: readonly HashFamily[] = [ARGON2, BCRYPT, SCRYPT, PBKDF2, DIGEST];

/** What is known of a stored hash. */
export interface HashReport {
  family: string;
  /** Whether the account's password can be compared with it. */
  supported: boolean;
  /** Why not. Holds nothing of the hash. */
  reason?: string;
}

/** The family of a stored hash and what it says, or null if no family claims it. */
export function readHash(stored: string): { family: string; hash: ParsedHash | RefusedHash } | null {
  const beginning = stored.slice(0, MAX_HASH_CHARS);
  for (const { name, parse } of FAMILIES) {
    const hash = parse(beginning);
    if (hash !== null) return { family: name, hash: beginning === stored ? hash : MALFORMED };
  }
  return null;
}

/** Whether a hash of another system will open its account, for a report before it is imported. Null if nothing is known of its kind. */
export function inspectHash(stored: string): HashReport | null {
  const read = readHash(stored);
  if (read === null) return null;
  return 'refused' in read.hash
    ? { family: read.family, supported: false, reason: read.hash.refused }
    : { family: read.family, supported: true };
}
