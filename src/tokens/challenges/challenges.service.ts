import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Catalogue } from '../../common/catalogue.js';
import { idFromBytes, idToBytes, newId } from '../../common/ids.js';
import { Secrets } from '../../config/secrets.js';
import type { Part } from '../../database/part.js';
import { inPages } from '../../database/row-pages.js';
import type { ChallengePurpose } from '../../common/declared.js';
import { ChallengesRepository, type ExportedChallenge, type StoredChallenge } from './challenges.repository.js';
import { ChallengeExpiredError, InvalidChallengeError, UsedChallengeError } from './errors.js';

/** What a challenge is to prove. */
interface ChallengeRequest {
  userId: string;
  purpose: ChallengePurpose;
  address: string;
  /** Default: as the purpose's row says. */
  ttlSeconds?: number | undefined;
  /** Where the page behind the link may lead back to. */
  returnTo?: string | null;
}

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
  /** Where it goes, and what it proves. */
  address: string;
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
    private readonly catalogue: Catalogue,
  ) {}

  /**
   * Makes a challenge; an open one of the account for the same purpose is dead from then on. Joins the caller's transaction.
   */
  async issue(input: ChallengeRequest): Promise<{ id: string; expiresAt: Date }> {
    const challenge = this.make(input);
    return { id: challenge.id, expiresAt: await this.challenges.replace(challenge, this.lifetimeOf(input)) };
  }

  /** The same as part of the statement that makes the account, of which `of` has the `id`. The part returns `id` and `expires_at`. */
  issuing(input: ChallengeRequest, of: string): { id: string; part: Part } {
    const challenge = this.make(input);
    return { id: challenge.id, part: this.challenges.insertion(challenge, this.lifetimeOf(input), of) };
  }

  /** Code and link token of a challenge that can still be used; null otherwise. */
  async reveal(id: string): Promise<RevealedChallenge | null> {
    const challenge = await this.challenges.findOpen(id);
    if (challenge === null || challenge.expired || !this.secrets.knows(challenge.secretId)) return null;
    const { purpose, address, secretId, expiresAt } = challenge;
    return { purpose, address, code: this.codeOf(id, secretId), token: this.tokenOf(id, secretId), expiresAt };
  }

  /** Id of the account's challenge for a purpose that can still be used; null when it has none. */
  async findLive(userId: string, purpose: ChallengePurpose): Promise<string | null> {
    return (await this.challenges.findLiveOf(userId, purpose))?.id ?? null;
  }

  /**
   * Whose challenge an id names. Knowing the id proves nothing: its code or link still has to be checked.
   * @throws InvalidChallengeError when it is used (UsedChallengeError), replaced or for something else; ChallengeExpiredError
   */
  async ownerOf(purpose: ChallengePurpose, id: string): Promise<string> {
    const challenge = await this.challenges.findOpen(id);
    if (challenge === null && (await this.challenges.isConsumed(id))) throw new UsedChallengeError();
    if (challenge === null || challenge.purpose !== purpose) throw new InvalidChallengeError();
    return this.proven(challenge).userId;
  }

  /**
   * The challenge whose link was opened. Consumes nothing.
   * @throws InvalidChallengeError, ChallengeExpiredError
   */
  async checkLink(purpose: ChallengePurpose, token: string): Promise<ProvenChallenge> {
    const challenge = LINK_TOKEN.test(token) ? await this.challenges.findOpen(idOf(token)) : null;
    if (challenge === null || challenge.purpose !== purpose || !this.isTokenOf(challenge, token)) throw new InvalidChallengeError();
    return this.proven(challenge);
  }

  /** What a link was given as the place to lead back to, used or not; null for one that this server did not make. */
  async returnToOf(token: string): Promise<string | null> {
    if (!LINK_TOKEN.test(token)) return null;
    const id = idOf(token);
    const found = await this.challenges.findReturnTo(id);
    return found !== null && this.isTokenOf({ id, secretId: found.secretId }, token) ? found.returnTo : null;
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

  /**
   * Closes the open challenges of an account: its password or address changed, or it was disabled. Those that outlive closing stay:
   * a thief who has the account must not close its owner's way back.
   */
  closeAll(userId: string): Promise<void> {
    return this.challenges.supersede(userId, null);
  }

  /** Closes the account's open challenge for one purpose. */
  close(userId: string, purpose: ChallengePurpose): Promise<void> {
    return this.challenges.supersede(userId, purpose);
  }

  /** Closes the account's open challenges for a purpose that were made after this one. */
  closeNewer(purpose: ChallengePurpose, { id, userId }: ProvenChallenge): Promise<void> {
    return this.challenges.supersedeNewer({ id, userId, purpose });
  }

  /** All challenges of an account that are on record, for its owner. */
  async *exportFor(userId: string): AsyncGenerator<ExportedChallenge, void> {
    const rows = inPages<ExportedChallenge & { id: string }>((last) => this.challenges.findPageOf(userId, last?.id));
    for await (const { id: _, ...challenge } of rows) yield challenge;
  }

  private lifetimeOf({ purpose, ttlSeconds }: ChallengeRequest): number {
    return ttlSeconds ?? this.catalogue.purposes[purpose].ttlSeconds;
  }

  private proven({ id, userId, address, expired }: StoredChallenge): ProvenChallenge {
    if (expired) throw new ChallengeExpiredError();
    return { id, userId, address };
  }

  private isTokenOf({ id, secretId }: Pick<StoredChallenge, 'id' | 'secretId'>, token: string): boolean {
    return this.secrets.knows(secretId) && sameBytes(Buffer.from(token), Buffer.from(this.tokenOf(id, secretId)));
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

  private make({ userId, purpose, address, returnTo = null }: ChallengeRequest) {
    const id = newId();
    const secretId = this.secrets.currentId;
    return { id, userId, purpose, address, returnTo, secretId, codeMac: this.codeMac(id, this.codeOf(id, secretId), secretId) };
  }

  private codeMac(id: string, code: string, secretId: string): Buffer {
    return this.secrets.mac('challenge-verifiers', `${id}:${code}`, secretId);
  }
}

/** The id in a token of the right form. */
function idOf(token: string): string {
  return idFromBytes(Buffer.from(token, 'base64url').subarray(0, ID_BYTES));
}

function sameBytes(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
