import type { PasskeyRule } from './errors.js';

/** What the browser says of the page that asked (WebAuthn Level 3 §5.8.1). */
export interface ClientData {
  type: unknown;
  origin: unknown;
  challenge: Buffer;
  /** Whether the page was inside one of another site. */
  isEmbedded: boolean;
}

/** Challenges of this server have 256 bits. */
export const CHALLENGE_BYTES = 32;

/** Reads it; null for what is no client data with a challenge of this server's length. */
export function readClientData(base64url: string): ClientData | null {
  let read: unknown;
  try {
    read = JSON.parse(Buffer.from(base64url, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
  if (typeof read !== 'object' || read === null) return null;
  const { type, origin, challenge, crossOrigin, topOrigin } = read as Record<string, unknown>;
  if (typeof challenge !== 'string') return null;
  const bytes = Buffer.from(challenge, 'base64url');
  if (bytes.length !== CHALLENGE_BYTES) return null;
  // Anything but false or absent is a yes: the library does not look at it in a registration.
  return { type, origin, challenge: bytes, isEmbedded: (crossOrigin ?? false) !== false || (topOrigin ?? null) !== null };
}

/** The rule that the client data breaks; null if it keeps all. */
export function brokenRule(
  { type, origin, isEmbedded }: ClientData,
  expected: { type: 'webauthn.create' | 'webauthn.get'; isOrigin: (origin: string) => boolean },
): PasskeyRule | null {
  if (type !== expected.type) return 'type';
  if (typeof origin !== 'string' || !expected.isOrigin(origin)) return 'origin';
  return isEmbedded ? 'cross_origin' : null;
}
