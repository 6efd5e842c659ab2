import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { Secrets } from '../../config/secrets.js';
import { Settings } from '../../config/settings.js';
import { JWKS_MAX_AGE_SECONDS } from './signing-key-max-age.js';
import { LEEWAY_SECONDS, SIGNING_DELAY_SECONDS } from './leeway.js';
import type { PublicJwk } from './signing-key.entity.js';
import { type RotationRules, currentOf, isIdle, nextOf, planRotation } from './signing-key-plan.js';
import { isSealedUnderCurrent, sealKey, unsealKey } from './signing-key-seal.js';
import { type KeyRecord, SigningKeysRepository, type StoredKey } from './signing-keys.repository.js';

/** Current role of a key. */
export type KeyState = 'next' | 'current' | 'previous' | 'retired';

/** What a change of keys follows from. */
type Cause = 'schedule' | 'command';

/** How often each node checks whether keys have changed or are due, ms. */
export const KEYS_CHECK_MS = 30_000;

/** How long a key is published before it signs, seconds: longer than verifiers cache a key set, plus time for nodes to notice. */
export const MIN_PUBLISHED_SECONDS = JWKS_MAX_AGE_SECONDS + (2 * KEYS_CHECK_MS) / 1_000;

const SECONDS_PER_DAY = 86_400;

/** The next key was published too recently for all verifiers to know it. */
export class KeyTooFreshError extends Error {
  constructor(readonly waitSeconds: number) {
    super(`The next key was published too recently; in ${waitSeconds} s every verifier knows it`);
  }
}

/** Creates, promotes and withdraws signing keys; one node at a time, which notifies the others. */
@Injectable()
export class SigningKeyRotation {
  private readonly logger = new Logger('SigningKeys');
  private readonly rules: RotationRules;

  constructor(
    private readonly keys: SigningKeysRepository,
    private readonly secrets: Secrets,
    private readonly audit: AuditService,
    settings: Settings,
  ) {
    this.rules = {
      rotationSeconds: settings.SIGNING_KEY_ROTATION_DAYS * SECONDS_PER_DAY,
      publishedSeconds: MIN_PUBLISHED_SECONDS,
      overlapSeconds: settings.ACCESS_TOKEN_TTL_SECONDS + LEEWAY_SECONDS + SIGNING_DELAY_SECONDS + KEYS_CHECK_MS / 1_000,
    };
  }

  /** Makes the due changes, including the very first keys; false if nothing was due. */
  async maintain(): Promise<boolean> {
    if (isIdle(planRotation(await this.keys.findPublished(), this.rules))) return false;
    await this.keys.exclusively(async () => {
      const keys = await this.keys.findPublished();
      const plan = planRotation(keys, this.rules);
      if (currentOf(keys) === undefined && plan.activate === null) await this.promote(await this.create(), 'schedule');
      if (plan.activate !== null) await this.promote(plan.activate, 'schedule');
      if (plan.create) await this.create();
      for (const id of plan.retire) await this.withdraw(id, 'schedule');
    });
    return true;
  }

  /**
   * Starts to sign with the next key at once.
   * @param evenIfFresh although verifiers that cache the key set may not know it yet
   * @returns the new signing key
   * @throws KeyTooFreshError; SettingsError if `APP_SECRET` differs from that of the servers
   */
  rotate({ evenIfFresh }: { evenIfFresh: boolean }): Promise<string> {
    return this.keys.exclusively(async () => {
      const next = nextOf(await this.findReadable());
      const waitSeconds = Math.ceil(MIN_PUBLISHED_SECONDS - (next?.publishedSeconds ?? 0));
      if (!evenIfFresh && waitSeconds > 0) throw new KeyTooFreshError(waitSeconds);
      return this.promoteNext(next);
    });
  }

  /**
   * Withdraws one key: servers refuse its tokens from now on. If it was the signing key, the next one takes over.
   * @returns false if there is no such published key
   * @throws SettingsError if `APP_SECRET` differs from that of the servers
   */
  retire(id: string): Promise<boolean> {
    return this.keys.exclusively(async () => {
      const keys = await this.findReadable();
      if (!keys.some((key) => key.id === id)) return false;
      const rest = keys.filter((key) => key.id !== id);
      if (currentOf(keys)?.id === id) await this.promoteNext(nextOf(rest));
      else if (nextOf(rest) === undefined) await this.create();
      await this.withdraw(id, 'command');
      return true;
    });
  }

  /**
   * Withdraws every key, including the next one (an attacker who could read one could read all), and starts with new ones.
   * @param lostSecret although the current keys cannot be decrypted: servers have to be started with the current `APP_SECRET`
   * @returns the new signing key
   * @throws SettingsError if `APP_SECRET` differs from that of the servers
   */
  replaceAll({ lostSecret }: { lostSecret: boolean }): Promise<string> {
    return this.keys.exclusively(async () => {
      const keys = lostSecret ? await this.keys.findPublished() : await this.findReadable();
      const current = await this.promoteNext(undefined);
      for (const { id } of keys) await this.withdraw(id, 'command');
      return current;
    });
  }

  /** Re-encrypts private keys that are still under the previous `APP_SECRET`. */
  async reseal(): Promise<void> {
    const isOld = (key: StoredKey): boolean => !isSealedUnderCurrent(this.secrets, key);
    if (!(await this.keys.findPublished()).some(isOld)) return;
    await this.keys.exclusively(async () => {
      for (const key of (await this.keys.findPublished()).filter(isOld)) {
        await this.keys.reseal(key.id, sealKey(this.secrets, unsealKey(this.secrets, key)));
        this.logger.log(`Signing key ${key.id} is encrypted under the current APP_SECRET now`);
      }
    });
  }

  /** @throws SettingsError if a published key was encrypted under an `APP_SECRET` that is not configured */
  async demandReadable(): Promise<void> {
    await this.findReadable();
  }

  /** Every stored key with its role, the newest first. */
  async list(): Promise<(KeyRecord & { state: KeyState })[]> {
    const current = currentOf(await this.keys.findPublished());
    return (await this.keys.findAll()).map((key) => ({ ...key, state: stateOf(key, current?.id) }));
  }

  /** The published keys, after a check that servers which can read these will be able to read new ones. */
  private async findReadable(): Promise<StoredKey[]> {
    const keys = await this.keys.findPublished();
    for (const key of keys) unsealKey(this.secrets, key);
    return keys;
  }

  private async promoteNext(next: StoredKey | undefined): Promise<string> {
    const id = next?.id ?? (await this.create());
    await this.promote(id, 'command');
    await this.create();
    return id;
  }

  private async promote(id: string, by: Cause): Promise<void> {
    await this.keys.activate(id);
    await this.audit.record({ action: 'signing_key.activated', outcome: 'success', subjectId: null, details: { key: id, by } });
    this.logger.log(`Signing key ${id} signs from now on`);
  }

  private async withdraw(id: string, by: Cause): Promise<void> {
    if (!(await this.keys.retire(id))) return;
    await this.audit.record({ action: 'signing_key.withdrawn', outcome: 'success', subjectId: null, details: { key: id, by } });
    this.logger.log(`Signing key ${id} is withdrawn`);
  }

  private async create(): Promise<string> {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    // Hexadecimal, because people type it in commands, where a leading hyphen would make it an option.
    const id = randomBytes(8).toString('hex');
    await this.keys.insert({
      id,
      publicJwk: publicKey.export({ format: 'jwk' }) as PublicJwk,
      privateKey: sealKey(this.secrets, privateKey),
    });
    return id;
  }
}

function stateOf({ id, activatedAt, retiredAt }: KeyRecord, currentId: string | undefined): KeyState {
  if (retiredAt !== null) return 'retired';
  if (activatedAt === null) return 'next';
  return id === currentId ? 'current' : 'previous';
}
