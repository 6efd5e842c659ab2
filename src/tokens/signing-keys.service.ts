import { type KeyObject, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Secrets } from '../config/secrets.js';
import type { PublicJwk, SigningKey } from './signing-key.entity.js';
import { SigningKeysRepository } from './signing-keys.repository.js';

interface LoadedKey {
  id: string;
  publicJwk: PublicJwk;
  publicKey: KeyObject;
  privateKey: KeyObject;
  activatedAt: Date | null;
}

/**
 * The ES256 keys that sign access tokens: the current one, its predecessors as long as tokens of theirs live, and the
 * next one, published before it signs anything so that every verifier knows it in time.
 */
@Injectable()
export class SigningKeysService implements OnModuleInit {
  private published = new Map<string, LoadedKey>();
  private signer: LoadedKey | undefined;

  constructor(
    private readonly keys: SigningKeysRepository,
    private readonly secrets: Secrets,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.load();
    if (this.signer === undefined) await this.createFirst();
  }

  /** The key that signs now. */
  get current(): { id: string; privateKey: KeyObject } {
    if (this.signer === undefined) throw new Error('No signing key is loaded');
    return this.signer;
  }

  /** The public key with this `kid`; undefined when it was never or is no longer published. */
  findPublicKey(id: string): KeyObject | undefined {
    return this.published.get(id)?.publicKey;
  }

  /** Whether tokens signed with this key are still good. */
  isPublished(id: string): boolean {
    return this.published.has(id);
  }

  /** The JWK Set (RFC 7517 §5); public members only. */
  toJwks(): { keys: (PublicJwk & { kid: string; alg: 'ES256'; use: 'sig' })[] } {
    return {
      keys: [...this.published.values()].map(({ id, publicJwk: { kty, crv, x, y } }) => ({ kty, crv, x, y, kid: id, alg: 'ES256', use: 'sig' })),
    };
  }

  /**
   * Reads the keys from the database.
   * @throws UnknownSecretError when a key was encrypted under an `APP_SECRET` that is not configured; keys are never silently made anew
   */
  private async load(): Promise<void> {
    const loaded = (await this.keys.findPublished()).map((key) => this.open(key));
    this.published = new Map(loaded.map((key) => [key.id, key]));
    this.signer = loaded
      .filter((key) => key.activatedAt !== null)
      .toSorted((a, b) => Number(a.activatedAt) - Number(b.activatedAt))
      .at(-1);
  }

  private async createFirst(): Promise<void> {
    await this.keys.exclusively(async () => {
      const existing = await this.keys.findPublished();
      if (existing.some((key) => key.activatedAt !== null)) return;
      await this.keys.activate(await this.create());
      await this.create();
    });
    await this.load();
  }

  private async create(): Promise<string> {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const id = randomBytes(12).toString('base64url');
    await this.keys.insert({
      id,
      publicJwk: publicKey.export({ format: 'jwk' }) as PublicJwk,
      privateKey: this.secrets.encrypt('signing-keys', privateKey.export({ format: 'der', type: 'pkcs8' })),
    });
    return id;
  }

  private open(key: SigningKey): LoadedKey {
    const der = this.secrets.decrypt('signing-keys', key.privateKey);
    const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    return { id: key.id, publicJwk: key.publicJwk, publicKey: createPublicKey(privateKey), privateKey, activatedAt: key.activatedAt };
  }
}
