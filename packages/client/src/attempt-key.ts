const BYTES = 16;

/**
 * A random name for an exchange of a refresh token, 128 bits. Where the platform has no random numbers for cryptography, as React Native
 * without a polyfill, it has those of `Math.random`: whoever guesses the name needs the refresh token, too.
 */
export function newAttemptKey(): string {
  const bytes = Array.from({ length: BYTES }, () => Math.random() * 256);
  const random = globalThis.crypto?.getRandomValues?.(new Uint8Array(BYTES)) ?? Uint8Array.from(bytes);
  return hexOf(random);
}

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
