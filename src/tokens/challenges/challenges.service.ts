import { Injectable } from '@nestjs/common';
import type { CodeDigits } from '../../common/capability.js';
import { Catalogue } from '../../common/catalogue.js';
import type { Part } from '../../database/part.js';
import { inPages } from '../../database/row-pages.js';
import type { ChallengePurpose } from '../../common/declared.js';
import { CORE_CLIENT_ID } from '../../common/principal.js';
import type { Bound } from './bound.js';
import { ChallengeSecrets } from './challenge-secrets.service.js';
import { ChallengeTriesRepository, TRIES } from './challenge-tries.repository.js';
import { ChallengesRepository, type Earlier, type ExportedChallenge, type StoredChallenge } from './challenges.repository.js';
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
  /** Length of the code. Default: as the purpose's row says. */
  codeDigits?: CodeDigits | undefined;
  /** IP address from which the code was asked for: its network has tries of its own. Null where nobody asked. */
  askedFrom: string | null;
  /** The API through which it is asked for: a contract's slug. Default: `CORE_CLIENT_ID`. */
  clientId?: string | undefined;
  /** Whether the account's earlier challenge for the same purpose and address stays good beside this one. Default: it is replaced. */
  earlier?: Earlier | undefined;
  /** What it is about beside the address. */
  bound?: Bound | null;
}

/** What a proven challenge says. */
export interface ProvenChallenge {
  id: string;
  userId: string;
  purpose: ChallengePurpose;
  /** The address that was proven to be read; empty for a link that an operator handed over. */
  address: string;
  /** The contract through which it was asked for; null for the API of the core. */
  clientId: string | null;
  /** What it is about beside the address; null or absent for nothing. */
  bound?: Bound | null;
  /** Uses it up where it is kept elsewhere; false when another request was faster. */
  use?: () => Promise<boolean>;
}

/** The secret part of a challenge, for the mail that carries it. */
export interface RevealedChallenge {
  /** Whose it is. */
  userId: string;
  purpose: ChallengePurpose;
  /** Where it goes, and what it proves. */
  address: string;
  /** Six or eight digits. */
  code: string;
  /** The token of the link. */
  token: string;
  /** The contract through which it was asked for; null for the API of the core. */
  clientId: string | null;
  expiresAt: Date;
}

const DEFAULT_DIGITS = 6;
const CODE = /^\d{6}(?:\d{2})?$/;

/** One-time codes and links: made, tried, and used up once. `ChallengeClosing` closes them. */
@Injectable()
export class ChallengesService {
  constructor(
    private readonly challenges: ChallengesRepository,
    private readonly tries: ChallengeTriesRepository,
    private readonly secrets: ChallengeSecrets,
    private readonly catalogue: Catalogue,
  ) {}

  /**
   * Makes a challenge; an open one of the account for the same purpose is dead from then on, unless it is to be kept: then the older of
   * two stays good until one of them is used. Who asked for that one has tries of this one, too. Joins the caller's transaction.
   */
  async issue(input: ChallengeRequest): Promise<{ id: string; expiresAt: Date }> {
    const challenge = this.make(input);
    return { id: challenge.id, expiresAt: await this.challenges.replace(challenge, this.lifetimeOf(input), input.earlier ?? 'replaced') };
  }

  /** The same as part of the statement that makes the account, of which `of` has the `id`. The part returns `id` and `expires_at`. */
  issuing(input: ChallengeRequest, of: string): { id: string; part: Part } {
    const challenge = this.make(input);
    return { id: challenge.id, part: this.challenges.insertion(challenge, this.lifetimeOf(input), of) };
  }

  /**
   * Gives somebody who asks for a code, and gets no new one, tries of their own of the account's challenge for a purpose and address, if
   * that can still be used; at most ten networks have them.
   */
  async join(userId: string, purpose: ChallengePurpose, address: string, askedFrom: string): Promise<void> {
    await this.challenges.join({ userId, purpose, address }, this.secrets.askerOf(askedFrom), { half: false });
  }

  /**
   * The same where at least half its lifetime is left: it can be sent once more in place of a new one, so that nobody's code dies on its
   * way because somebody else asked.
   * @returns the challenge; null where there is none of that age, and the asker has nothing
   */
  async joinFresh(
    userId: string,
    purpose: ChallengePurpose,
    address: string,
    askedFrom: string,
  ): Promise<{ id: string; expiresAt: Date } | null> {
    const fresh = await this.challenges.join({ userId, purpose, address }, this.secrets.askerOf(askedFrom), { half: true });
    // A code that cannot be told any more is none.
    return fresh === null || (await this.reveal(fresh.id)) === null ? null : fresh;
  }

  /** Code and link token of a challenge that can still be used; null otherwise. */
  async reveal(id: string): Promise<RevealedChallenge | null> {
    const challenge = await this.challenges.findOpen(id);
    const secrets = challenge === null || challenge.expired ? null : this.secrets.reveal(challenge);
    if (challenge === null || secrets === null) return null;
    const { userId, purpose, address, clientId, expiresAt } = challenge;
    return { userId, purpose, address, ...secrets, clientId, expiresAt };
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
    const id = this.secrets.idIn(token);
    const challenge = id === null ? null : await this.challenges.findOpen(id);
    if (challenge === null || challenge.purpose !== purpose || !this.secrets.isTokenOf(challenge, token)) throw new InvalidChallengeError();
    return this.proven(challenge);
  }

  /** Whether this is the token of a link for this purpose that was used already. */
  async wasUsed(purpose: ChallengePurpose, token: string): Promise<boolean> {
    const id = this.secrets.idIn(token);
    const used = id === null ? null : await this.challenges.findConsumed(id, purpose);
    return id !== null && used !== null && this.secrets.isTokenOf({ id, secretId: used.secretId }, token);
  }

  /**
   * Through which contract a link was asked for (null for the API of the core), and what it was given as the place to lead back to, used or
   * not; null for a link that this server did not make.
   */
  async originOf(token: string): Promise<{ clientId: string | null; returnTo: string | null } | null> {
    const id = this.secrets.idIn(token);
    if (id === null) return null;
    const found = await this.challenges.findOrigin(id);
    if (found === null || !this.secrets.isTokenOf({ id, secretId: found.secretId }, token)) return null;
    return { clientId: found.clientId, returnTo: found.returnTo };
  }

  /**
   * The account's challenge if the code is right. Every call counts as a try until it is; consumes nothing else. Rooms ask
   * `MailedChallenges.checkCode`, which also watches for floods.
   * @param ip from where the code was sent
   * @throws InvalidChallengeError (also when no try is left), ChallengeExpiredError
   */
  async checkCode(purpose: ChallengePurpose, userId: string, code: string, ip: string): Promise<ProvenChallenge> {
    if (!CODE.test(code)) throw new InvalidChallengeError();
    const tried = await this.tries.count(userId, purpose, this.secrets.askerOf(ip), TRIES);
    const right = tried?.challenges.filter((each) => this.secrets.isCodeOf(each, code)) ?? [];
    // Of two with the same code the one that has not expired.
    const challenge = right.find(({ expired }) => !expired) ?? right[0];
    if (tried === null || challenge === undefined) throw new InvalidChallengeError();
    await this.tries.uncount(tried);
    return this.proven(challenge);
  }

  /**
   * Counts a wrong code, of whatever account.
   * @returns the wrong codes of the last minute on all nodes, with this one
   */
  countWrongCode(): Promise<number> {
    return this.tries.countWrongCode();
  }

  /** Notes an alarm about wrong codes; joins the caller's transaction. Of parallel calls within a minute, on all nodes, one gets true. */
  claimAlarm(): Promise<boolean> {
    return this.tries.claimAlarm();
  }

  /**
   * Uses a proven challenge up; joins the caller's transaction, so that it stays usable when the rest fails.
   * @throws InvalidChallengeError when another request was faster
   */
  async consume(challenge: ProvenChallenge): Promise<void> {
    const isUsed = challenge.use === undefined ? await this.challenges.consume(challenge.id) : await challenge.use();
    if (!isUsed) throw new InvalidChallengeError();
  }

  /** All challenges of an account that are on record, for its owner. */
  async *exportFor(userId: string): AsyncGenerator<ExportedChallenge, void> {
    const rows = inPages<ExportedChallenge & { id: string }>((last) => this.challenges.findPageOf(userId, last?.id));
    for await (const { id: _, ...challenge } of rows) yield challenge;
  }

  private lifetimeOf({ purpose, ttlSeconds }: ChallengeRequest): number {
    return ttlSeconds ?? this.catalogue.purposes[purpose].ttlSeconds;
  }

  private proven({ id, userId, purpose, address, clientId, bound, expired }: StoredChallenge): ProvenChallenge {
    if (expired) throw new ChallengeExpiredError();
    return { id, userId, purpose, address, clientId, bound };
  }

  private make(request: ChallengeRequest) {
    const { userId, purpose, address, returnTo = null, codeDigits, askedFrom, clientId = CORE_CLIENT_ID, bound = null } = request;
    const made = this.secrets.make(codeDigits ?? this.catalogue.purposes[purpose].codeDigits ?? DEFAULT_DIGITS);
    const askers = askedFrom === null ? [] : [this.secrets.askerOf(askedFrom)];
    const contract = clientId === CORE_CLIENT_ID ? null : clientId;
    return {
      ...made,
      userId,
      purpose,
      address,
      returnTo,
      askers,
      clientId: contract,
      bound,
      tally: this.secrets.tallyOf(purpose, address),
    };
  }
}
