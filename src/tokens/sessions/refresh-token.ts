import { createHmac, timingSafeEqual } from 'node:crypto';
import { idFromBytes, idToBytes } from '../../common/ids.js';
import type { Secrets } from '../../config/secrets.js';

/** What a genuine refresh token says. */
export interface RefreshTokenClaims {
  sessionId: string;
  /** How many refreshes came before this token. */
  counter: number;
}

const PREFIX = 'lkr_';
const SECRET_ID_BYTES = 6;
const COUNTER_OFFSET = 16;
const SECRET_ID_OFFSET = COUNTER_OFFSET + 4;
const MAC_OFFSET = SECRET_ID_OFFSET + SECRET_ID_BYTES;
const MAC_BYTES = 32;
const FORM = /^lkr_[\w-]{78}$/;

/**
 * Writes a refresh token: session id, counter, the id of the root secret, and an HMAC-SHA-256 of these under a key of the
 * session's own. Nothing of it is stored, and the same input gives the same token, so a lost answer can be given again.
 */
export function writeRefreshToken(secrets: Secrets, { sessionId, counter }: RefreshTokenClaims): string {
  const head = Buffer.alloc(MAC_OFFSET);
  idToBytes(sessionId).copy(head);
  head.writeUInt32BE(counter, COUNTER_OFFSET);
  Buffer.from(secrets.currentId, 'base64url').copy(head, SECRET_ID_OFFSET);
  return PREFIX + Buffer.concat([head, sign(secrets, head, secrets.currentId)]).toString('base64url');
}

/** Reads a refresh token; null unless this server wrote it. */
export function readRefreshToken(secrets: Secrets, token: string): RefreshTokenClaims | null {
  if (!FORM.test(token)) return null;
  const bytes = Buffer.from(token.slice(PREFIX.length), 'base64url');
  const head = bytes.subarray(0, MAC_OFFSET);
  const secretId = head.subarray(SECRET_ID_OFFSET).toString('base64url');
  if (bytes.length !== MAC_OFFSET + MAC_BYTES || !secrets.knows(secretId)) return null;
  if (!timingSafeEqual(bytes.subarray(MAC_OFFSET), sign(secrets, head, secretId))) return null;
  return { sessionId: idFromBytes(head.subarray(0, COUNTER_OFFSET)), counter: head.readUInt32BE(COUNTER_OFFSET) };
}

function sign(secrets: Secrets, head: Buffer, secretId: string): Buffer {
  const sessionKey = secrets.mac('refresh-tokens', head.subarray(0, COUNTER_OFFSET), secretId);
  return createHmac('sha256', sessionKey).update(head).digest();
}
