import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import type { Caller } from '../../common/caller.js';
import { Settings } from '../../config/settings.js';
import { FairQueue, originOf } from '../../throttling/fair-queue.js';
import type { HashSecrets, ParsedHash } from './foreign-hashes/hash-family.js';
import { HashingPriority } from './hashing-priority.js';
import { readHash } from './foreign-hashes/hash-families.js';

/** Argon2id memory cost, KiB. 19 MiB with t = 2, p = 1. Source: OWASP Password Storage Cheat Sheet. */
export const ARGON2_MEMORY_KIB = 19_456;
/** Argon2id passes over the memory. Source: as above. */
export const ARGON2_PASSES = 2;
/** Argon2id lanes. Source: as above. */
export const ARGON2_LANES = 1;

/** `Algorithm.Argon2id`; the enum itself is ambient and does not survive isolatedModules. */
const ARGON2ID = 2;

const OPTIONS = { algorithm: ARGON2ID, memoryCost: ARGON2_MEMORY_KIB, timeCost: ARGON2_PASSES, parallelism: ARGON2_LANES } as const;

/** Hashes at a time: more than the cores makes each slower, and libuv's pool of four threads also serves files and DNS. */
const CONCURRENCY = Math.min(availableParallelism(), 3);

/** Most requests that may wait for a hash; about a second's work on two cores. */
const MAX_WAITING = 256;

/** Hashes and compares passwords off the event loop, a few at a time, behind a bounded queue that is fair to the callers' networks. */
@Injectable()
export class PasswordHasher implements OnModuleInit {
  private readonly queue = new FairQueue(CONCURRENCY, MAX_WAITING);
  private readonly priority = new HashingPriority();
  private readonly logger = new Logger('PasswordHasher');
  private readonly warned = new Set<string>();
  /** Hash of a password that nobody knows: compared with when there is no account, at the same cost. */
  private decoy = '';

  constructor(private readonly settings: Settings) {}

  async onModuleInit(): Promise<void> {
    this.decoy = await hash(randomBytes(32), OPTIONS);
  }

  /**
   * Runs `work` if the queue has room for the caller's network. A sign-in enters before it looks the account up, so that "busy" does not
   * depend on who exists, and after it has waited for the throttle: who waits there takes no room here.
   * @param caller null outside a request
   * @throws BusyError
   */
  admit<T>(caller: Caller | null, work: () => Promise<T>): Promise<T> {
    return this.queue.admit(originOf(caller), work);
  }

  /**
   * Argon2id hash of a password as a PHC string; Unicode is normalised to NFC first.
   * @param caller null outside a request
   * @throws BusyError
   */
  hash(password: string, caller: Caller | null): Promise<string> {
    return this.admit(caller, () => this.inTurn(caller, () => hash(password.normalize('NFC'), OPTIONS)));
  }

  /**
   * Whether the password is right. To be called inside `admit`. A failure costs at least one Argon2id, whatever is stored: without a
   * hash, with one that cannot be read, or with another system's, it compares with a decoy. So an account that does not exist is not
   * told from ours, nor from one with a quick hash. One whose foreign hash is dearer than Argon2id itself (bcrypt of cost 12, scrypt)
   * takes longer by that hash, until its owner's first sign-in replaces it; `WRONG_PASSWORD_MIN_MS` hides that, too. The wait for it
   * keeps no other hash from its turn.
   * @param elsewhere asks another system about a password that is not right here; it counts towards `WRONG_PASSWORD_MIN_MS`
   */
  async verify(stored: string | null, password: string, caller: Caller | null, elsewhere?: () => Promise<boolean>): Promise<boolean> {
    const spellings = spellingsOf(password);
    let startedAt = 0;
    const isRightHere = await this.inTurn(caller, async () => {
      startedAt = performance.now();
      const hash = stored === null ? null : this.read(stored);
      const outcome = hash === null ? 'unreadable' : await this.compare(hash, spellings);
      if (outcome === 'right') return true;
      const paid = stored !== null && outcome === 'wrong' && !this.isWeak(stored);
      // In the same turn of the queue: a second turn would take twice as long under load.
      if (!paid) for (const spelling of spellings) await verify(this.decoy, spelling);
      return false;
    });
    const isRight = isRightHere || (elsewhere !== undefined && (await elsewhere()));
    // A password that Unicode can write in two ways is compared twice, whatever is stored.
    const least = this.settings.WRONG_PASSWORD_MIN_MS * spellings.length;
    if (!isRight && least > 0) await wait(startedAt + least - performance.now());
    return isRight;
  }

  private async inTurn<T>(caller: Caller | null, work: () => Promise<T>): Promise<T> {
    const result = await this.queue.inTurn(originOf(caller), work);
    this.priority.note(this.queue.waiting);
    return result;
  }

  /** Whether a hash was made at a lower cost than new ones are, or by another function. */
  isWeak(stored: string): boolean {
    // 22 and 43 characters of base64 are the 16 and 32 bytes that new salts and hashes have.
    const found = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+\$[A-Za-z0-9+/]{22,}\$[A-Za-z0-9+/]{43,}$/.exec(stored);
    return found === null || Number(found[1]) < ARGON2_MEMORY_KIB || Number(found[2]) < ARGON2_PASSES;
  }

  /** Whether a stored hash is of a kind that passwords can be compared with. */
  canCompare(stored: string | null): boolean {
    const hash = stored === null ? null : readHash(stored)?.hash;
    return hash !== null && hash !== undefined && 'verify' in hash;
  }

  private read(stored: string): NamedHash | null {
    const read = readHash(stored);
    if (read !== null && !('refused' in read.hash)) return { family: read.family, verify: read.hash.verify };
    const reason = read !== null && 'refused' in read.hash ? read.hash.refused : 'no such notation';
    this.warnOnce(read?.family ?? 'unknown', reason);
    return null;
  }

  private async compare(hash: NamedHash, spellings: readonly string[]): Promise<'right' | 'wrong' | 'unreadable'> {
    const secrets: HashSecrets = { bcryptPepper: this.settings.BCRYPT_PEPPER };
    try {
      for (const spelling of spellings) if (await hash.verify(spelling, secrets)) return 'right';
      return 'wrong';
    } catch {
      // The error is not logged: it may quote the hash.
      this.warnOnce(hash.family, 'the comparison failed');
      return 'unreadable';
    }
  }

  /** Says once per family that accounts have hashes which let nobody in; never which accounts, nor what hashes. */
  private warnOnce(family: string, reason: string): void {
    if (this.warned.has(family)) return;
    this.warned.add(family);
    this.logger.warn(`Stored password hashes of the family "${family}" cannot be compared with: ${reason}`);
  }
}

/** A stored hash that can be compared with, and its family. */
type NamedHash = ParsedHash & { family: string };

/**
 * The password in NFC, as our own hashes have it, and as it was typed if that differs: another system may have hashed it so. Both are
 * tried for every account, or the time of a password in NFD would tell whose hash is ours.
 */
function spellingsOf(password: string): readonly string[] {
  return [...new Set([password.normalize('NFC'), password])];
}
