import { type KeyObject, createPublicKey } from 'node:crypto';
import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { UnavailableError } from '../../common/errors.js';
import { Secrets } from '../../config/secrets.js';
import { DatabaseFeed } from '../../database/database-feed.service.js';
import type { PublicJwk } from './signing-key.entity.js';
import { currentOf } from './signing-key-plan.js';
import { KEYS_CHECK_MS, SigningKeyRotation } from './signing-key-rotation.service.js';
import { unsealKey } from './signing-key-seal.js';
import { SIGNING_KEYS_CHANNEL, SigningKeysRepository, type StoredKey } from './signing-keys.repository.js';

interface LoadedKey {
  id: string;
  publicJwk: PublicJwk;
  publicKey: KeyObject;
  privateKey: KeyObject;
}

/** Shortest time between two reads for the sake of unknown key ids, ms: strangers can make up as many as they like. */
const SEEK_MS = 5_000;

/** How long after a failed read the next one follows, ms. */
const RETRY_MS = 1_000;

const KEY_ID = /^[\w-]{16}$/;

/**
 * The ES256 keys that sign access tokens, as this node knows them: the current one, its predecessors as long as tokens of
 * theirs live, and the next one, published before it signs anything so that every verifier knows it in time.
 *
 * They are read again when another node says that they changed, every half minute, and for an unknown key id.
 */
@Injectable()
export class SigningKeysService implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('SigningKeys');
  private published = new Map<string, LoadedKey>();
  private signer: LoadedKey | undefined;
  private reading: Promise<void> = Promise.resolve();
  /** How often this node was told that the keys changed, and up to which of these times it has read them. */
  private changes = 0;
  private readChanges = 0;
  private soughtAt = Number.NEGATIVE_INFINITY;
  private checking: NodeJS.Timeout | undefined;
  private retrying: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly keys: SigningKeysRepository,
    private readonly rotation: SigningKeyRotation,
    private readonly secrets: Secrets,
    private readonly feed: DatabaseFeed,
  ) {}

  /**
   * Reads the keys; makes the first ones.
   * @throws SettingsError when a key was encrypted under an `APP_SECRET` that is not configured; keys are never silently made anew
   */
  async onModuleInit(): Promise<void> {
    await this.load('strict');
    await this.rotation.reseal();
    if (await this.rotation.maintain()) await this.load('strict');
    this.feed.subscribe({ channel: SIGNING_KEYS_CHANNEL, received: () => this.changed(), catchUp: () => this.read() });
    this.checking = setInterval(() => void this.check(), KEYS_CHECK_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearInterval(this.checking);
    clearTimeout(this.retrying);
    await this.reading;
  }

  /**
   * The key that signs now.
   * @throws UnavailableError when this node can read none
   */
  get current(): { id: string; privateKey: KeyObject } {
    if (this.signer === undefined) throw new UnavailableError();
    return this.signer;
  }

  /** The public key with this `kid`; undefined when it was never or is no longer published. */
  findPublicKey(id: string): KeyObject | undefined {
    return this.published.get(id)?.publicKey;
  }

  /** Like `findPublicKey`, for a `kid` that this node does not know: looks in the database, at most every five seconds. */
  async seekPublicKey(id: string): Promise<KeyObject | undefined> {
    if (!KEY_ID.test(id)) return undefined;
    const now = performance.now();
    if (now - this.soughtAt >= SEEK_MS) {
      this.soughtAt = now;
      void this.reload();
    }
    await this.reading;
    return this.findPublicKey(id);
  }

  /** Whether tokens signed with this key are still good. */
  isPublished(id: string): boolean {
    return this.published.has(id);
  }

  /** The JWK Set (RFC 7517 §5); public members only. */
  toJwks(): { keys: (PublicJwk & { kid: string; alg: 'ES256'; use: 'sig' })[] } {
    return {
      keys: [...this.published.values()].map(({ id, publicJwk: { kty, crv, x, y } }) => ({
        kty,
        crv,
        x,
        y,
        kid: id,
        alg: 'ES256',
        use: 'sig',
      })),
    };
  }

  /** Whether this node has read the keys since it was last told that they changed. */
  get upToDate(): boolean {
    return this.readChanges === this.changes;
  }

  /** Reads the keys again. Never fails: this node goes on with those it knows and tries again soon. */
  async reload(): Promise<void> {
    try {
      await this.read();
    } catch (error) {
      this.logger.warn(`The signing keys could not be read: ${(error as Error).message}`);
      clearTimeout(this.retrying);
      if (!this.stopped) this.retrying = setTimeout(() => void this.reload(), RETRY_MS).unref();
    }
  }

  /** Does what is due about the keys, then reads them again. */
  async check(): Promise<void> {
    await this.rotation
      .maintain()
      .catch((error: unknown) => this.logger.warn(`The signing keys could not be maintained: ${(error as Error).message}`));
    await this.reload();
  }

  private changed(): void {
    this.changes += 1;
    void this.reload();
  }

  /** Reads the keys after the reads that are under way: what those find may be older than what caused this one. */
  private read(): Promise<void> {
    const turn = this.reading.then(async () => {
      if (this.stopped) return;
      const changes = this.changes;
      await this.load('lenient');
      this.readChanges = changes;
    });
    this.reading = turn.catch(() => {});
    return turn;
  }

  /** @param mode what happens to a key that cannot be decrypted: `strict` fails, `lenient` goes on without it */
  private async load(mode: 'strict' | 'lenient'): Promise<void> {
    const stored = await this.keys.findPublished();
    const loaded = new Map<string, LoadedKey>();
    for (const key of stored) {
      const known = this.published.get(key.id) ?? this.open(key, mode);
      if (known !== undefined) loaded.set(key.id, known);
    }
    this.published = loaded;
    this.signer = loaded.get(currentOf(stored.filter(({ id }) => loaded.has(id)))?.id ?? '');
  }

  private open(key: StoredKey, mode: 'strict' | 'lenient'): LoadedKey | undefined {
    try {
      const privateKey = unsealKey(this.secrets, key);
      // The public half is taken from the private one: nobody who can only write to the table can have a key of theirs accepted.
      const publicKey = createPublicKey(privateKey);
      return { id: key.id, publicJwk: publicKey.export({ format: 'jwk' }) as PublicJwk, publicKey, privateKey };
    } catch (error) {
      if (mode === 'strict') throw error;
      // While APP_SECRET is being replaced node by node, one that still has the old one alone meets keys made under the new one.
      this.logger.error(`A signing key is ignored. ${(error as Error).message}`);
      return undefined;
    }
  }
}
