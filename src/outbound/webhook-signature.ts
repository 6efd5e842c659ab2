import { createHmac, randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';
const SECRET_BYTES = 32;

/** A new secret in the form of Standard Webhooks 1.0: `whsec_` and 32 random bytes in base64. */
export function newSecret(): string {
  return toSecret(randomBytes(SECRET_BYTES));
}

/** The key in such a secret. */
export function keyOf(secret: string): Buffer {
  return Buffer.from(secret.slice(PREFIX.length), 'base64');
}

/** A key in the form of Standard Webhooks. */
export function toSecret(key: Buffer): string {
  return PREFIX + key.toString('base64');
}

/**
 * The headers of one attempt (Standard Webhooks 1.0): id, time and one signature for each secret.
 * @param seconds time of the attempt, since 1970
 */
export function signedHeaders(id: string, seconds: number, body: string, secrets: readonly string[]): Record<string, string> {
  const signatures = secrets.map(
    (secret) => `v1,${createHmac('sha256', keyOf(secret)).update(`${id}.${seconds}.${body}`).digest('base64')}`,
  );
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': signatures.join(' ') };
}
