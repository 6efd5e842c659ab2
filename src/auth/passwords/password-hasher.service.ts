import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import PQueue from 'p-queue';
import { BusyError } from '../../common/errors.js';
import type { ParsedHash } from './foreign-hashes/hash-family.js';
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

/** Hashes and compares passwords off the event loop, a few at a time, behind a bounded queue. */
@Injectable()
export class PasswordHasher implements OnModuleInit {
  private readonly queue = new PQueue({ concurrency: CONCURRENCY });
  private readonly priority = new HashingPriority();
  private readonly logger = new Logger('PasswordHasher');
  private readonly warned = new Set<string>();
  private admitted = 0;
  /** Hash of a password that nobody knows: compared with when there is no account, at the same cost. */
  private decoy = '';

  async onModuleInit(): Promise<void> {
    this.decoy = await hash(randomBytes(32), OPTIONS);
  }

  /**
   * Runs `work` if the queue has room. A sign-in enters before it looks the account up, so that "busy" does not depend on who exists.
   * @throws BusyError
   */
  async admit<T>(work: () => Promise<T>): Promise<T> {
    if (this.admitted >= MAX_WAITING) throw new BusyError();
    this.admitted += 1;
    try {
      return await work();
    } finally {
      this.admitted -= 1;
    }
  }

  /**
   * Argon2id hash of a password as a PHC string; Unicode is normalised to NFC first.
   * @throws BusyError
   */
  hash(password: string): Promise<string> {
    return this.admit(() => this.inTurn(() => hash(password.normalize('NFC'), OPTIONS)));
  }

  /**
   * Whether the password is right. To be called inside `admit`. A failure costs at least one Argon2id, whatever is stored: without a
   * hash, with one that cannot be read, or with another system's, it compares with a decoy. So an account that does not exist is not
   * told from ours, nor from one with a quick hash. One whose foreign hash is dearer than Argon2id itself (bcrypt of cost 12, scrypt)
   * does take longer, until its owner's first sign-in replaces the hash.
   */
  async verify(stored: string | null, password: string): Promise<boolean> {
    const spellings = spellingsOf(password);
    return this.inTurn(async () => {
      const hash = stored === null ? null : this.read(stored);
      const outcome = hash === null ? 'unreadable' : await this.compare(hash, spellings);
      if (outcome === 'right') return true;
      const paid = stored !== null && outcome === 'wrong' && !this.isWeak(stored);
      // In the same turn of the queue: a second turn would take twice as long under load.
      if (!paid) for (const spelling of spellings) await verify(this.decoy, spelling);
      return false;
    });
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = await this.queue.add(work);
    this.priority.note(this.queue.size);
    return result;
  }

  /** Whether a hash was made at a lower cost than new ones are, or by another function. */
  isWeak(stored: string): boolean {
    // 22 and 43 characters of base64 are the 16 and 32 bytes that new salts and hashes have.
    const found = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+\$[A-Za-z0-9+/]{22,}\$[A-Za-z0-9+/]{43,}$/.exec(stored);
    return found === null || Number(found[1]) < ARGON2_MEMORY_KIB || Number(found[2]) < ARGON2_PASSES;
  }

  private read(stored: string): NamedHash | null {
    const read = readHash(stored);
    if (read !== null && !('refused' in read.hash)) return { family: read.family, verify: read.hash.verify };
    const reason = read !== null && 'refused' in read.hash ? read.hash.refused : 'no such notation';
    this.warnOnce(read?.family ?? 'unknown', reason);
    return null;
  }

  private async compare(hash: NamedHash, spellings: readonly string[]): Promise<'right' | 'wrong' | 'unreadable'> {
    try {
      for (const spelling of spellings) if (await hash.verify(spelling)) return 'right';
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
