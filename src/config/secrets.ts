import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { AppError } from '../common/errors.js';
import { Settings } from './settings.js';

/** Purpose of a derived key. Keys for different purposes reveal nothing about each other (RFC 5869). */
export type KeyPurpose =
  | 'idempotency'
  | 'signing-keys'
  | 'refresh-tokens'
  | 'refresh-attempts'
  | 'challenge-links'
  | 'challenge-codes'
  | 'challenge-verifiers'
  | 'challenge-askers'
  | 'challenge-tallies'
  | 'reset-grants'
  | 'registration-tickets'
  | 'totp-secrets'
  | 'recovery-codes'
  | 'devices'
  | 'sign-ins'
  | 'provider-secrets'
  | 'provider-requests'
  | 'proofs-of-work'
  | 'webhook-secrets';

/**
 * Something genuine was made under a root secret that other nodes have and this one lacks: it is neither forged nor expired. Another node
 * can check it, or this one after its operator has given it the secret.
 */
export class StaleSecretError extends AppError {
  override readonly code = 'server.secret_outdated';
  override readonly retryAfterSeconds = 2;
  constructor() {
    super('This server lacks the newest secret of its fleet. Try again; another server may answer.');
  }
}

/** A ciphertext was encrypted under a secret that is configured neither as APP_SECRET nor as APP_SECRET_PREVIOUS. */
export class UnknownSecretError extends Error {}

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * All keys of the server, derived from `APP_SECRET` by HKDF-SHA-256 (RFC 5869), one per purpose.
 *
 * Each root secret has a short public id, which is stored next to the material made under it, so that `APP_SECRET` can be replaced: new
 * material is made under the current secret, and the previous one still opens old material.
 */
@Injectable()
export class Secrets {
  /** Id of the root secret under which new material is made. */
  readonly currentId: string;
  private readonly logger = new Logger('Secrets');
  private readonly roots = new Map<string, string>();
  /** Ids of root secrets that the database knows and this node does not. */
  private readonly lacking = new Set<string>();
  private readonly derived = new Map<string, Buffer>();

  constructor(settings: Settings) {
    const { APP_SECRET: current, APP_SECRET_PREVIOUS: previous } = settings;
    if (current === undefined) throw new Error('APP_SECRET is not set');
    this.currentId = rootId(current);
    if (previous !== undefined) this.roots.set(rootId(previous), previous);
    this.roots.set(this.currentId, current);
  }

  /**
   * The 32-byte key for `purpose` under the root secret `rootId`.
   * @throws UnknownSecretError
   */
  key(purpose: KeyPurpose, id: string = this.currentId): Buffer {
    const name = `${id}/${purpose}`;
    let key = this.derived.get(name);
    if (key === undefined) {
      const root = this.roots.get(id);
      if (root === undefined) throw new UnknownSecretError(`No APP_SECRET with id ${id} is configured (purpose ${purpose})`);
      key = Buffer.from(hkdfSync('sha256', root, 'latchkey', purpose, KEY_BYTES));
      this.derived.set(name, key);
    }
    return key;
  }

  /**
   * Whether something that names the root secret `id` can be checked. Anybody can write such a name: false means that it is forged, or from
   * before the last changes of `APP_SECRET`.
   * @throws StaleSecretError if the rest of the fleet has that secret, as far as this node knows
   */
  knows(id: string): boolean {
    if (this.roots.has(id)) return true;
    if (this.lacking.has(id)) throw new StaleSecretError();
    return false;
  }

  /**
   * Notes that the database holds something made under the root secret `id`. If this node lacks that secret it says so in the log, once, and
   * no longer takes for forged what names it.
   */
  noteUse(id: string): void {
    if (this.roots.has(id) || this.lacking.has(id)) return;
    this.lacking.add(id);
    this.logger.error(
      `APP_SECRET is outdated: other servers use a secret (id ${id}) that is neither APP_SECRET nor APP_SECRET_PREVIOUS here. ` +
        'Until it is set here as well, this server answers 503 to tokens, codes and links that were made under it.',
    );
  }

  /** HMAC-SHA-256 of `data` under the key for `purpose`. */
  mac(purpose: KeyPurpose, data: string | Buffer, id: string = this.currentId): Buffer {
    return createHmac('sha256', this.key(purpose, id)).update(data).digest();
  }

  /** `mac` under every configured root secret, to find what was stored under any of them. */
  macs(purpose: KeyPurpose, data: string | Buffer): Buffer[] {
    return [...this.roots.keys()].map((id) => this.mac(purpose, data, id));
  }

  /** Encrypts with AES-256-GCM; the result names its root secret: `<id>.<iv, ciphertext and tag in base64url>`. */
  encrypt(purpose: KeyPurpose, plaintext: Buffer): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key(purpose), iv);
    const sealed = Buffer.concat([iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
    return `${this.currentId}.${sealed.toString('base64url')}`;
  }

  /**
   * Decrypts the result of `encrypt`.
   * @throws Error if it was not encrypted here; UnknownSecretError if the root secret is no longer configured
   */
  decrypt(purpose: KeyPurpose, sealed: string): Buffer {
    const [id = '', body = ''] = sealed.split('.');
    const bytes = Buffer.from(body, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', this.key(purpose, id), bytes.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
  }
}

/** 48 bits of a hash: enough to distinguish two secrets, and useless for guessing a 256-bit secret. */
function rootId(secret: string): string {
  return createHash('sha256').update('latchkey root id\0').update(secret).digest('base64url').slice(0, 8);
}
