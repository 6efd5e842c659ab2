import { pbkdf2Sync, randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { DeriveKeyFunction, Payload } from 'altcha-lib/types';
import type { ProofChallenge } from '../../common/proof-challenge.js';
import { Secrets } from '../../config/secrets.js';
import { Settings } from '../../config/settings.js';
import { DatabaseClock } from '../../database/feed/database-clock.js';

/** What a proof is for; one for a mail pays for no text message. */
export type ProofPurpose = 'mail' | 'text' | 'registration';

/** A challenge of this server that was solved. */
export interface SolvedChallenge {
  nonce: Buffer;
  expiresAtSeconds: number;
}

/** For how long a challenge can be answered, seconds: a slow phone takes some, and an app may be in the background. */
const TTL_SECONDS = 10 * 60;

const ALGORITHM = 'PBKDF2/SHA-256';
/** Iterations of one derivation: half a millisecond. `PROOF_OF_WORK_ROUNDS` counts derivations. */
const ITERATIONS = 2_000;

/** A proof in base64 has about 800 characters. */
const MAX_PROOF_CHARS = 4_096;

const KEY_PURPOSE = 'proofs-of-work';

/** On the event loop: it takes half a millisecond, and the thread pool may be busy with passwords. */
const deriveKey: DeriveKeyFunction = (parameters, salt, password) =>
  Promise.resolve({ derivedKey: pbkdf2Sync(password, salt, parameters.cost, parameters.keyLength, 'sha256') });

/**
 * Challenges in the format of ALTCHA 2, so that its widget and libraries can solve them, too. A client derives keys for 0, 1, 2, … until one
 * begins as the challenge says. The server has chosen that number, so no client is out of luck for long; it keeps nothing, and checks a
 * solution by two HMACs.
 */
@Injectable()
export class ProofChallenges {
  constructor(
    private readonly secrets: Secrets,
    private readonly clock: DatabaseClock,
    private readonly settings: Settings,
  ) {}

  /** A new challenge for this purpose. */
  async make(purpose: ProofPurpose): Promise<ProofChallenge> {
    const { createChallenge } = await import('altcha-lib');
    const rounds = this.settings.PROOF_OF_WORK_ROUNDS;
    const keyId = this.secrets.currentId;
    const { parameters, signature = '' } = await createChallenge({
      algorithm: ALGORITHM,
      cost: ITERATIONS,
      counter: randomInt(Math.floor(rounds / 2), Math.floor(rounds * 1.5) + 1),
      deriveKey,
      expiresAt: this.clock.nowSeconds() + TTL_SECONDS,
      data: { purpose, keyId },
      ...this.keysOf(keyId),
    });
    return { parameters, signature };
  }

  /**
   * The challenge that a proof solves; it may have been used before. Null for what is no proof, or one for another purpose, expired, or not
   * of this server.
   * @param proof base64 of JSON: the challenge and its solution
   * @throws StaleSecretError
   */
  async read(proof: string, purpose: ProofPurpose): Promise<SolvedChallenge | null> {
    const payload = toPayload(proof);
    const { nonce, expiresAt, data } = payload?.challenge.parameters ?? {};
    if (payload === null || data?.['purpose'] !== purpose || typeof nonce !== 'string' || typeof expiresAt !== 'number') return null;
    const { keyId } = data;
    if (typeof keyId !== 'string' || !this.secrets.knows(keyId)) return null;
    const { verifySolution } = await import('altcha-lib');
    try {
      const { verified } = await verifySolution({ ...payload, deriveKey, ...this.keysOf(keyId) });
      // The library compares with the clock of this machine, which may be minutes off.
      return verified && expiresAt > this.clock.nowSeconds() ? { nonce: Buffer.from(nonce, 'hex'), expiresAtSeconds: expiresAt } : null;
    } catch {
      // What the library cannot even compare.
      return null;
    }
  }

  private keysOf(keyId: string): { hmacSignatureSecret: string; hmacKeySignatureSecret: string } {
    const keyFor = (what: string): string => this.secrets.mac(KEY_PURPOSE, what, keyId).toString('hex');
    return { hmacSignatureSecret: keyFor('challenges'), hmacKeySignatureSecret: keyFor('solutions') };
  }
}

/** Anybody can write anything there; the library checks what is inside. */
function toPayload(proof: string): Payload | null {
  if (proof.length > MAX_PROOF_CHARS) return null;
  try {
    const payload = JSON.parse(Buffer.from(proof, 'base64').toString()) as Payload;
    const isWhole = [payload.challenge, payload.challenge.parameters, payload.challenge.parameters.data, payload.solution].every(isObject);
    return isWhole ? { challenge: payload.challenge, solution: payload.solution } : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
