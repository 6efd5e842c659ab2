import { createHash } from 'node:crypto';
import type { PasskeyRule } from './errors.js';

/** SHA-256 of the RP ID, one byte of flags, and the counter (WebAuthn Level 3 §6.1). */
const RP_ID_HASH_BYTES = 32;
const MIN_BYTES = 37;

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const BACKUP_ELIGIBLE = 0x08;
const BACKED_UP = 0x10;

/** The rule that an authenticator's data breaks, apart from signature, key and counter; null if it keeps all. */
export function brokenAuthenticatorRule(data: Uint8Array, rpId: string): PasskeyRule | null {
  if (data.length < MIN_BYTES) return 'credential';
  const flags = data[RP_ID_HASH_BYTES] ?? 0;
  if (!createHash('sha256').update(rpId).digest().equals(data.subarray(0, RP_ID_HASH_BYTES))) return 'rp_id';
  if ((flags & USER_PRESENT) === 0) return 'user_presence';
  if ((flags & USER_VERIFIED) === 0) return 'user_verification';
  // What cannot be copied has no copies (WebAuthn Level 3 §6.1.3).
  return (flags & BACKED_UP) !== 0 && (flags & BACKUP_ELIGIBLE) === 0 ? 'backup_state' : null;
}
