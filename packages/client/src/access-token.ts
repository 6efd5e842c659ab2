const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Claims of an access token that this library reads. It checks no signature: the token came from the server. */
export interface AccessClaims {
  /** The session's id. */
  sid?: string;
  /** When the token was issued and when it expires by the server's clock, seconds since 1970. */
  iat?: number;
  exp?: number;
  /** How strongly the person proved who they are, as `urn:latchkey:aal2`. */
  acr?: string;
  /** When they last did, seconds since 1970. */
  auth_time?: number;
  /** Whether a recovery code stands in for a factor. */
  recovered?: boolean;
}

/** The tokens that were read last: each is asked about with every request. */
const cache = new Map<string, AccessClaims>();
const CACHED = 16;

/** Reads the claims of a JWT (RFC 7519 §3); of anything else none. Without `atob`, which older React Native lacks. */
export function claimsOf(accessToken: string): AccessClaims {
  const known = cache.get(accessToken);
  if (known !== undefined) return known;
  let claims: AccessClaims = {};
  try {
    claims = JSON.parse(decode(accessToken.split('.')[1] ?? '')) as AccessClaims;
  } catch {
    // No JWT.
  }
  if (cache.size >= CACHED) cache.clear();
  cache.set(accessToken, claims);
  return claims;
}

/** Which session a token belongs to; a token that cannot be read is a session of its own. */
export function sessionOf(accessToken: string): string {
  return claimsOf(accessToken).sid ?? accessToken;
}

/** Base64url (RFC 4648 §5) to text, byte by byte: right for the ASCII claims above. */
function decode(text: string): string {
  let bits = '';
  for (const character of text) bits += ALPHABET.indexOf(character).toString(2).padStart(6, '0');
  return bits.replace(/[01]{8}|[01]+$/g, (byte) => (byte.length === 8 ? String.fromCharCode(Number.parseInt(byte, 2)) : ''));
}
