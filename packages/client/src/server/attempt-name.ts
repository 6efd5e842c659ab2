/**
 * The name of the attempt to exchange a refresh token: the same whenever, and on whichever server, the exchange is attempted with the cookies that
 * this token came in.
 *
 * A page load may be cancelled after this server has exchanged the token: the browser never gets the new one and sends the old one again,
 * hours later perhaps. The server answers such a repetition only under the name of the first attempt, and there is nowhere to keep a random one:
 * the answer that would have set it is lost. So the name is derived from what the browser already has.
 *
 * It depends on the session's random key and not on the token alone. Otherwise a thief who has nothing but an old refresh token, from a log or
 * a proxy say, could name the attempt as well, and get the new tokens for longer than the 60 s for which the server repeats any answer.
 * @param key of the session, 128 random bits as 32 hexadecimal digits
 * @returns 64 hexadecimal digits
 */
export async function nameAttempt(key: string, refreshToken: string): Promise<string> {
  return toHex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key + refreshToken)));
}

/** A random key for a new session, 128 bits as 32 hexadecimal digits. */
export function newSessionKey(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(16)));
}

function toHex(bytes: ArrayLike<number> | ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
