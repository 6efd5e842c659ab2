import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import PQueue from 'p-queue';
import { BusyError } from '../../common/errors.js';

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
    return this.admit(() => this.queue.add(() => hash(password.normalize('NFC'), OPTIONS)));
  }

  /** Whether the password is right. Without a hash it compares with a decoy: false, after the same time. To be called inside `admit`. */
  async verify(stored: string | null, password: string): Promise<boolean> {
    const normal = password.normalize('NFC');
    const right = await this.queue.add(async () => {
      try {
        return await verify(stored ?? this.decoy, normal);
      } catch {
        // What is stored is no hash that we can read: the same as none, at the same cost.
        await verify(this.decoy, normal);
        return false;
      }
    });
    return right && stored !== null;
  }

  /** Whether a hash was made at a lower cost than new ones are, or by another function. */
  isWeak(stored: string): boolean {
    const found = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+\$/.exec(stored);
    return found === null || Number(found[1]) < ARGON2_MEMORY_KIB || Number(found[2]) < ARGON2_PASSES;
  }
}
