import { type KeyObject, createPublicKey } from 'node:crypto';
import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { UnavailableError } from '../../common/errors.js';
import { Secrets, StaleSecretError } from '../../config/secrets.js';
import { DatabaseFeed } from '../../database/feed/database-feed.service.js';
import type { PublicJwk } from './signing-key.entity.js';
import { currentOf } from './signing-key-plan.js';
import { KEYS_CHECK_MS, SigningKeyRotation } from './signing-key-rotation.service.js';
import { secretIdOf, unsealKey } from './signing-key-seal.js';
import { SIGNING_KEYS_CHANNEL, SigningKeysRepository, type StoredKey } from './signing-keys.repository.js';

interface LoadedKey {
  id: string;
  publicJwk: PublicJwk;
  publicKey: KeyObject;
  privateKey: KeyObject;
}

/** Minimum time between two reads because of unknown key ids, ms: strangers can invent as many ids as they like. */
const SEEK_MS = 5_000;

/** Pause after a failed read, ms. */
const RETRY_MS = 1_000;

const KEY_ID = /^[\w-]{16}$/;

/**
 * The ES256 keys that sign access tokens, in the memory of this node: the current one, its predecessors as long as their tokens are valid,
 * and the next one, which is published before it signs, so that every verifier knows it in time.
 *
 * The node reads them again when another node reports a change, every half minute, and for an unknown key id.
 */
@Injectable()
export class SigningKeysService implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('SigningKeys');
  private published = new Map<string, LoadedKey>();
  /** Ids of published keys that this node cannot decrypt. */
  private unreadable = new Set<string>();
  private signer: LoadedKey | undefined;
  private reading: Promise<void> = Promise.resolve();
  /** Number of reported changes of the keys, and the number up to which this node has read them. */
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
   * Reads the keys; creates the first ones.
   * @throws SettingsError if a key was encrypted under an `APP_SECRET` that is not configured; the server never silently creates new keys
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
   * The signing key.
   * @throws UnavailableError if this node can read none
   */
  get current(): { id: string; privateKey: KeyObject } {
    if (this.signer === undefined) throw new UnavailableError();
    return this.signer;
  }

  /** The public key with this `kid`; undefined if it was never published or no longer is. */
  findPublicKey(id: string): KeyObject | undefined {
    return this.published.get(id)?.publicKey;
  }

  /**
   * Like `findPublicKey`, for a `kid` that this node does not know: reads the database, at most every five seconds.
   * @throws StaleSecretError if the key is published, under a newer `APP_SECRET` than this node has
   */
  async seekPublicKey(id: string): Promise<KeyObject | undefined> {
    if (!KEY_ID.test(id)) return undefined;
    const now = performance.now();
    if (now - this.soughtAt >= SEEK_MS) {
      this.soughtAt = now;
      void this.reload();
    }
    await this.reading;
    if (this.unreadable.has(id)) throw new StaleSecretError();
    return this.findPublicKey(id);
  }

  /** Whether tokens signed with this key are still valid. */
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

  /** Whether this node has read the keys since the last reported change. */
  get upToDate(): boolean {
    return this.readChanges === this.changes;
  }

  /** Reads the keys again. Never fails: this node keeps those it knows and tries again soon. */
  async reload(): Promise<void> {
    try {
      await this.read();
    } catch (error) {
      this.logger.warn(`The signing keys could not be read: ${(error as Error).message}`);
      clearTimeout(this.retrying);
      if (!this.stopped) this.retrying = setTimeout(() => void this.reload(), RETRY_MS).unref();
    }
  }

  /** Makes the due changes of the keys, then reads them again. */
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

  /** Reads the keys after the running reads, whose results may be older than the cause of this one. */
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

  /** @param mode handling of a key that cannot be decrypted: `strict` fails, `lenient` skips it */
  private async load(mode: 'strict' | 'lenient'): Promise<void> {
    const stored = await this.keys.findPublished();
    const loaded = new Map<string, LoadedKey>();
    for (const key of stored) {
      this.secrets.noteUse(secretIdOf(key));
      const known = this.published.get(key.id) ?? this.open(key, mode);
      if (known !== undefined) loaded.set(key.id, known);
    }
    this.published = loaded;
    this.unreadable = new Set(stored.map(({ id }) => id).filter((id) => !loaded.has(id)));
    this.signer = loaded.get(currentOf(stored.filter(({ id }) => loaded.has(id)))?.id ?? '');
  }

  private open(key: StoredKey, mode: 'strict' | 'lenient'): LoadedKey | undefined {
    try {
      const privateKey = unsealKey(this.secrets, key);
      // Derives the public half from the private one, so that an attacker who can only write to the table cannot insert a key.
      const publicKey = createPublicKey(privateKey);
      return { id: key.id, publicJwk: publicKey.export({ format: 'jwk' }) as PublicJwk, publicKey, privateKey };
    } catch (error) {
      if (mode === 'strict') throw error;
      // While APP_SECRET is being replaced node by node, a node with only the old secret meets keys created under the new one.
      this.logger.error(`A signing key is ignored. ${(error as Error).message}`);
      return undefined;
    }
  }
}
