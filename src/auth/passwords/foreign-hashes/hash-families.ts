import { ARGON2 } from './argon2-family.js';
import { ASPNET } from './aspnet-family.js';
import { BCRYPT } from './bcrypt-family.js';
import { CRYPT } from './crypt-family.js';
import { DIGEST } from './digest-family.js';
import { FIREBASE } from './firebase-family.js';
import { type HashFamily, MALFORMED, type ParsedHash, type RefusedHash } from './hash-family.js';
import { PBKDF2 } from './pbkdf2-family.js';
import { PHPASS } from './phpass-family.js';
import { SCRYPT } from './scrypt-family.js';
import { escapedSpellings, someSpelling } from './spellings.js';

/** Longest hash that is looked at, characters; the longest of a known notation has about 300. */
const MAX_HASH_CHARS = 1_024;

/** Every hashing function whose hashes are accepted. A new one is a file of its own and a line here. */
const FAMILIES: readonly HashFamily[] = [ARGON2, BCRYPT, SCRYPT, FIREBASE, PBKDF2, ASPNET, CRYPT, PHPASS, DIGEST];

/** Django's `!…` (`UNUSABLE_PASSWORD_PREFIX`), and `!` and `*` of shadow(5), which may precede a hash: no password opens the account. */
const NO_PASSWORD = /^[!*]/;

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
  const unwrapped = unwrap(beginning);
  for (const { name, parse } of FAMILIES) {
    const hash = parse(unwrapped ?? beginning);
    if (hash === null) continue;
    if (beginning !== stored) return { family: name, hash: MALFORMED };
    return { family: name, hash: unwrapped === null ? hash : asWrapped(hash, beginning) };
  }
  return null;
}

/** Whether a hash of another system will open its account, for a report before it is imported. Null if nothing is known of its kind. */
export function inspectHash(stored: string): HashReport | null {
  if (NO_PASSWORD.test(stored)) return { family: 'none', supported: false, reason: 'it says that no password opens the account' };
  const read = readHash(stored);
  if (read === null) return null;
  return 'refused' in read.hash
    ? { family: read.family, supported: false, reason: read.hash.refused }
    : { family: read.family, supported: true };
}

/** Names of Dovecot and LDAP before what crypt(3) or Argon2 wrote. Source: Dovecot's "Password Schemes", RFC 2307 §5.3. */
const WRAPPED = /^\{(?:crypt|blf-crypt|sha256-crypt|sha512-crypt|md5-crypt|md5|argon2|argon2i|argon2id)\}(\$.*)$/is;
/** A name of our own, for hashes of phpBB 3.1 and later that look like everybody's. Those of 3.0 have a sign of their own, `$H$`. */
const OF_PHPBB = /^\{phpbb\}(\$(?:2y|argon2id?)\$.*)$/is;

function unwrap(stored: string): string | null {
  return (WRAPPED.exec(stored) ?? OF_PHPBB.exec(stored))?.[1] ?? null;
}

/** Neither Dovecot nor phpBB has a pepper. */
function asWrapped(hash: ParsedHash | RefusedHash, stored: string): ParsedHash | RefusedHash {
  if ('refused' in hash) return hash;
  const verify = (password: string): Promise<boolean> => hash.verify(password, {});
  return { verify: OF_PHPBB.test(stored) ? (password) => someSpelling(escapedSpellings(password), verify) : verify };
}
