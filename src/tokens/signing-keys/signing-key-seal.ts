import { type KeyObject, createPrivateKey } from 'node:crypto';
import { SettingsError } from '../../config/load-settings.js';
import type { Secrets } from '../../config/secrets.js';

/** Key purpose for the encryption of private keys. */
const PURPOSE = 'signing-keys';

/** A stored private key: PKCS #8, encrypted under `APP_SECRET`. */
export interface SealedKey {
  id: string;
  privateKey: string;
}

/** Encrypts a private key under the current `APP_SECRET`. */
export function sealKey(secrets: Secrets, privateKey: KeyObject): string {
  return secrets.encrypt(PURPOSE, privateKey.export({ format: 'der', type: 'pkcs8' }));
}

/**
 * Decrypts a private key.
 * @throws SettingsError if it was encrypted under an `APP_SECRET` that is not configured
 */
export function unsealKey(secrets: Secrets, { id, privateKey }: SealedKey): KeyObject {
  try {
    return createPrivateKey({ key: secrets.decrypt(PURPOSE, privateKey), format: 'der', type: 'pkcs8' });
  } catch {
    throw new SettingsError([
      `APP_SECRET must be the one under which signing key ${id} was encrypted, or APP_SECRET_PREVIOUS must be. ` +
        'If that secret is lost: latchkey keys rotate --compromised --lost-secret; everybody has to sign in again.',
    ]);
  }
}

/** Id of the root secret under which a private key is encrypted. */
export function secretIdOf({ privateKey }: SealedKey): string {
  return privateKey.split('.', 1)[0] ?? '';
}

/** Whether a private key is encrypted under the current `APP_SECRET`, not under the previous one. */
export function isSealedUnderCurrent(secrets: Secrets, { privateKey }: SealedKey): boolean {
  return privateKey.startsWith(`${secrets.currentId}.`);
}
