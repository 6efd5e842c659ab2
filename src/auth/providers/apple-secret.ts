import { sign } from 'node:crypto';
import type { AppleKey } from './provider.js';

/** Lifetime of a client secret, seconds. Apple allows half a year; each request gets one of its own. */
const LIFETIME_SECONDS = 300;

/**
 * A client secret as Apple wants it: a JWT that the private key of the team signs (ES256), good for a few minutes.
 * @param privateKey PKCS #8 in PEM, the content of the `.p8` file
 */
export function appleClientSecret(
  { clientId, appleKey: { teamId, keyId } }: { clientId: string; appleKey: AppleKey },
  privateKey: string,
  nowSeconds: number = Math.floor(Date.now() / 1_000),
): string {
  const header = { alg: 'ES256', kid: keyId };
  const claims = { iss: teamId, sub: clientId, aud: 'https://appleid.apple.com', iat: nowSeconds, exp: nowSeconds + LIFETIME_SECONDS };
  const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  // JWS wants r and s as plain numbers, not in DER (RFC 7518 §3.4).
  const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}
