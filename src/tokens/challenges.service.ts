import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { idFromBytes, idToBytes, newId } from '../common/ids.js';
import { Secrets } from '../config/secrets.js';
import { inPages } from '../database/row-pages.js';
import type { ChallengePurpose } from './challenge-purpose.js';
import { ChallengesRepository, type ExportedChallenge, type StoredChallenge } from './challenges.repository.js';
import { ChallengeExpiredError, InvalidChallengeError } from './errors.js';

/** What a proven challenge says. */
export interface ProvenChallenge {
  id: string;
  userId: string;
  /** The address that was proven to be read. */
  address: string;
}

/** The secret part of a challenge, for the mail that carries it. */
export interface RevealedChallenge {
  purpose: ChallengePurpose;
  /** Six digits. */
  code: string;
  /** The token of the link. */
  token: string;
  expiresAt: Date;
}

/** Wrong codes after which a code is locked; the link of the same mail stays good. Source: OWASP Forgot Password Cheat Sheet. */
const TRIES_PER_CODE = 5;

/** Wrong codes per account, purpose and UTC day, however many codes were asked for: one guess in 50,000. */
const TRIES_PER_DAY = 20;

const CODE_DIGITS = 6;
const ID_BYTES = 16;
/** 192 bits. */
const LINK_MAC_BYTES = 24;
const LINK_TOKEN = /^[\w-]{54}$/;
const CODE = /^\d{6}$/;

/**
 * One-time codes and links. Both are derived by HMAC from the challenge's id, so neither a row nor a queued mail holds them;
 * a code is compared by its keyed HMAC.
 */
@Injectable()
export class ChallengesService {
  constructor(
    private readonly challenges: ChallengesRepository,
    private readonly secrets: Secrets,
  ) {}

  /** Makes a challenge; an open one of the account for the same purpose is dead from then on. Joins the caller's transaction. */
  async issue(input: { userId: string; purpose: ChallengePurpose; address: string; ttlSeconds: number }): Promise<{ id: string; expiresAt: Date }> {
    const { ttlSeconds, ...of } = input;
    const id = newId();
    const secretId = this.secrets.currentId;
    const expiresAt = await this.challenges.replace({ ...of, id, secretId, codeMac: this.codeMac(id, this.codeOf(id, secretId), secretId) }, ttlSeconds);
    return { id, expiresAt };
  }

  /** Code and link token of a challenge that can still be used; null otherwise. */
  async reveal(id: string): Promise<RevealedChallenge | null> {
    const challenge = await this.challenges.findOpen(id);
    if (challenge === null || challenge.expired || !this.secrets.knows(challenge.secretId)) return null;
    const { purpose, secretId, expiresAt } = challenge;
    return { purpose, code: this.codeOf(id, secretId), token: this.tokenOf(id, secretId), expiresAt };
  }

  /** Id of the account's challenge for a purpose that can still be used; null when it has none. */
  async findLive(userId: string, purpose: ChallengePurpose): Promise<string | null> {
    return (await this.challenges.findLiveOf(userId, purpose))?.id ?? null;
  }

  /**
   * Whose challenge an id names. Knowing the id proves nothing: its code or link still has to be checked.
   * @throws InvalidChallengeError when it is used, replaced or for something else; ChallengeExpiredError
   */
  async ownerOf(purpose: ChallengePurpose, id: string): Promise<string> {
    const challenge = await this.challenges.findOpen(id);
    if (challenge === null || challenge.purpose !== purpose) throw new InvalidChallengeError();
    return this.proven(challenge).userId;
  }

  /**
   * The challenge whose link was opened. Consumes nothing.
   * @throws InvalidChallengeError, ChallengeExpiredError
   */
  async checkLink(purpose: ChallengePurpose, token: string): Promise<ProvenChallenge> {
    if (!LINK_TOKEN.test(token)) throw new InvalidChallengeError();
    const id = idFromBytes(Buffer.from(token, 'base64url').subarray(0, ID_BYTES));
    const challenge = await this.challenges.findOpen(id);
    if (challenge === null || challenge.purpose !== purpose || !this.secrets.knows(challenge.secretId)) throw new InvalidChallengeError();
    if (!sameBytes(Buffer.from(token), Buffer.from(this.tokenOf(id, challenge.secretId)))) throw new InvalidChallengeError();
    return this.proven(challenge);
  }

  /**
   * The account's challenge if the code is right. Every call counts as a try until it is; consumes nothing else.
   * @throws InvalidChallengeError (also when no try is left), ChallengeExpiredError
   */
  async checkCode(purpose: ChallengePurpose, userId: string, code: string): Promise<ProvenChallenge> {
    if (!CODE.test(code)) throw new InvalidChallengeError();
    const challenge = await this.challenges.countTry(userId, purpose, { perCode: TRIES_PER_CODE, perDay: TRIES_PER_DAY });
    if (challenge === null || !this.secrets.knows(challenge.secretId)) throw new InvalidChallengeError();
    if (!sameBytes(challenge.codeMac, this.codeMac(challenge.id, code, challenge.secretId))) throw new InvalidChallengeError();
    await this.challenges.uncountTry(challenge);
    return this.proven(challenge);
  }

  /**
   * Uses a proven challenge up; joins the caller's transaction, so that it stays usable when the rest fails.
   * @throws InvalidChallengeError when another request was faster
   */
  async consume(challenge: ProvenChallenge): Promise<void> {
    if (!(await this.challenges.consume(challenge.id))) throw new InvalidChallengeError();
  }

  /** Closes all open challenges of an account: its password or address changed, or it was disabled. */
  closeAll(userId: string): Promise<void> {
    return this.challenges.supersede(userId, null);
  }

  /** All challenges of an account that are on record, for its owner. */
  async *exportFor(userId: string): AsyncGenerator<ExportedChallenge, void> {
    const rows = inPages<ExportedChallenge & { id: string }>((last) => this.challenges.findPageOf(userId, last?.id));
    for await (const { id: _, ...challenge } of rows) yield challenge;
  }

  private proven({ id, userId, address, expired }: StoredChallenge): ProvenChallenge {
    if (expired) throw new ChallengeExpiredError();
    return { id, userId, address };
  }

  private codeOf(id: string, secretId: string): string {
    // 64 bits modulo 10^6: the bias is below 10^-13.
    const number = this.secrets.mac('challenge-codes', id, secretId).readBigUInt64BE() % 10n ** BigInt(CODE_DIGITS);
    return String(number).padStart(CODE_DIGITS, '0');
  }

  private tokenOf(id: string, secretId: string): string {
    const mac = this.secrets.mac('challenge-links', id, secretId).subarray(0, LINK_MAC_BYTES);
    return Buffer.concat([idToBytes(id), mac]).toString('base64url');
  }

  private codeMac(id: string, code: string, secretId: string): Buffer {
    return this.secrets.mac('challenge-verifiers', `${id}:${code}`, secretId);
  }
}

function sameBytes(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
