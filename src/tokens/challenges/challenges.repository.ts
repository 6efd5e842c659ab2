import { Injectable } from '@nestjs/common';
import { IsNull, Not, type QueryDeepPartialEntity } from 'typeorm';
import { NOW, afterId, inFuture, secondsFromNow } from '../../database/conditions.js';
import { DatabaseService } from '../../database/database.service.js';
import type { Part } from '../../database/part.js';
import { PAGE_ROWS } from '../../database/row-pages.js';
import { Catalogue } from '../../common/catalogue.js';
import type { ChallengePurpose } from '../../common/declared.js';
import type { Bound } from './bound.js';
import { Challenge } from './challenge.entity.js';
import { purposesWith } from './purposes.js';

/** What a caller of the repository needs of a challenge, with its age by the database's clock. */
export interface StoredChallenge {
  id: string;
  userId: string;
  purpose: ChallengePurpose;
  address: string;
  secretId: string;
  codeMac: Buffer;
  codeDigits: number;
  clientId: string | null;
  bound: Bound | null;
  expiresAt: Date;
  expired: boolean;
}

type NewChallenge = Pick<
  Challenge,
  'id' | 'userId' | 'purpose' | 'address' | 'returnTo' | 'secretId' | 'codeMac' | 'codeDigits' | 'askers' | 'clientId' | 'bound'
> & { tally: Buffer };

/** What becomes of the earlier challenge of the same purpose and address: it dies, or stays good until one of the two is used. */
export type Earlier = 'replaced' | 'kept';

/** A challenge as it is told to its owner: when and what for, nothing of what opens something. */
export type ExportedChallenge = Pick<Challenge, 'purpose' | 'address' | 'tries' | 'createdAt' | 'expiresAt' | 'supersededAt'> & {
  usedAt: Date | null;
};

/** Columns of a `StoredChallenge` of the table `c`. */
export const COLUMNS = `c.id, c.user_id AS "userId", c.purpose, c.address, c.secret_id AS "secretId", c.code_mac AS "codeMac",
  c.code_digits AS "codeDigits", c.client_id AS "clientId", c.bound,
  c.expires_at AS "expiresAt", c.expires_at <= now() AS expired`;

/**
 * Networks that may have tries of their own of one code; `docs/security.md` has the arithmetic. Source: one person asks from home and on
 * the way, from two or three.
 */
export const MAX_ASKERS = 10;

/** Of a challenge that is neither used nor replaced; one that is kept beside a newer one counts as replaced here. */
export const OPEN = { consumedAt: IsNull(), supersededAt: IsNull() };

@Injectable()
export class ChallengesRepository {
  /** Purposes of which the challenges stay open when the others of an account are closed. */
  private readonly lasting: readonly ChallengePurpose[];
  /** Purposes of which an account has as many as there are acts. */
  private readonly manifold: readonly ChallengePurpose[];

  constructor(
    private readonly database: DatabaseService,
    catalogue: Catalogue,
  ) {
    this.lasting = purposesWith(catalogue, 'outlivesClosing');
    this.manifold = purposesWith(catalogue, 'onePerAct');
  }

  /**
   * Stores a challenge in place of the account's open one for the same purpose; joins the caller's transaction. Who asked for that one has
   * asked for this one, too. Of those that are to be kept the oldest stays good beside it: never more than two are open.
   */
  async replace(challenge: NewChallenge, ttlSeconds: number, earlier: Earlier): Promise<Date> {
    if (this.manifold.includes(challenge.purpose)) return this.insert({ ...challenge, beside: null }, ttlSeconds);
    return this.database.transaction(async () => {
      await this.lock(challenge.userId, challenge.purpose);
      const beside = earlier === 'kept' ? await this.findOldestOpen(challenge) : null;
      const askers = [...challenge.askers, ...(await this.retire(challenge))];
      return this.insert({ ...challenge, askers: distinct(askers).slice(0, MAX_ASKERS), beside }, ttlSeconds);
    });
  }

  /** Stores a challenge as part of the statement that makes its account, of which `of` has the `id`; returns `id` and `expires_at`. */
  insertion(challenge: NewChallenge, ttlSeconds: number, of: string): Part {
    const sql = `INSERT INTO challenges (id, user_id, purpose, address, secret_id, code_mac, expires_at, return_to, code_digits, askers, client_id, tally)
       SELECT $1::uuid, id, $2::text, $3::text, $4::text, $5::bytea, now() + make_interval(secs => $6), $7::text, $8::smallint, $9::bytea[], $10::text, $11::bytea FROM ${of}
       RETURNING id, expires_at`;
    const { id, purpose, address, secretId, codeMac, returnTo, codeDigits, askers, clientId, tally } = challenge;
    return {
      as: 'challenge',
      sql,
      values: [id, purpose, address, secretId, codeMac, ttlSeconds, returnTo, codeDigits, askers, clientId, tally],
    };
  }

  /**
   * Adds an asker to the account's challenge for a purpose and address, if it can still be used, in one statement. One more than
   * `MAX_ASKERS` stays out.
   * @param half whether only a challenge will do that has half its lifetime left
   * @returns the challenge; null where there is none
   */
  async join(
    { userId, purpose, address }: Pick<Challenge, 'userId' | 'purpose' | 'address'>,
    asker: Buffer,
    { half }: { half: boolean },
  ): Promise<Pick<Challenge, 'id' | 'expiresAt'> | null> {
    // The account's row first, as wherever it is changed along with challenges.
    const [row] = await this.database.query<Pick<Challenge, 'id' | 'expiresAt'>>(
      `WITH account AS MATERIALIZED (SELECT id FROM users WHERE id = $1 FOR KEY SHARE)
       UPDATE challenges c
       SET askers = CASE WHEN $3 = ANY (c.askers) OR cardinality(c.askers) >= $4 THEN c.askers ELSE $3 || c.askers END
       FROM account
       WHERE c.user_id = account.id AND c.purpose = $2 AND c.consumed_at IS NULL AND c.superseded_at IS NULL AND c.expires_at > now()
         AND c.address = $5 AND (NOT $6::boolean OR c.expires_at - now() >= (c.expires_at - c.created_at) / 2)
       RETURNING c.id, c.expires_at AS "expiresAt"`,
      [userId, purpose, asker, MAX_ASKERS, address, half],
    );
    return row ?? null;
  }

  /** What is kept of a challenge in any state about who asked for it, and where its page leads back to. */
  findOrigin(id: string): Promise<Pick<Challenge, 'secretId' | 'returnTo' | 'clientId'> | null> {
    return this.challenges.findOne({ select: { secretId: true, returnTo: true, clientId: true }, where: { id } });
  }

  /** The challenge if it is neither used nor replaced, or is kept beside one that is neither. */
  async findOpen(id: string): Promise<StoredChallenge | null> {
    const [row] = await this.database.named<StoredChallenge>(
      'challenge-open',
      `SELECT ${COLUMNS} FROM challenges c WHERE c.id = $1 AND c.consumed_at IS NULL
         AND (c.superseded_at IS NULL OR EXISTS (SELECT FROM challenges newer WHERE newer.user_id = c.user_id AND newer.purpose = c.purpose
           AND newer.beside = c.id AND newer.consumed_at IS NULL AND newer.superseded_at IS NULL))`,
      [id],
    );
    return row ?? null;
  }

  /** Whether the challenge was used. */
  isConsumed(id: string): Promise<boolean> {
    return this.challenges.existsBy({ id, consumedAt: Not(IsNull()) });
  }

  /** The root secret of a challenge that was used; null for any other. */
  async findConsumed(id: string, purpose: ChallengePurpose): Promise<Pick<Challenge, 'secretId'> | null> {
    return this.challenges.findOne({ select: { secretId: true }, where: { id, purpose, consumedAt: Not(IsNull()) } });
  }

  /** The account's challenge for a purpose, if it is neither used, replaced nor too old. */
  findLiveOf(userId: string, purpose: ChallengePurpose): Promise<Challenge | null> {
    return this.challenges.findOneBy({ userId, purpose, ...OPEN, expiresAt: inFuture() });
  }

  /**
   * Uses the challenge up, in one statement; of parallel calls one gets true, also of those that use the one beside it. All of them wait
   * for each other on the row of the newest, which closes with the other.
   */
  async consume(id: string): Promise<boolean> {
    const used = await this.database.query<{ id: string }>(
      `WITH newest AS (
         SELECT newest.id FROM challenges newest JOIN challenges c ON c.user_id = newest.user_id AND c.purpose = newest.purpose
         WHERE c.id = $1 AND (newest.id = $1 OR newest.beside = $1) AND newest.consumed_at IS NULL AND newest.superseded_at IS NULL
         FOR UPDATE OF newest),
       used AS (
         UPDATE challenges c SET consumed_at = now(), superseded_at = NULL FROM newest
         WHERE c.id = $1 AND c.consumed_at IS NULL AND c.expires_at > now()
         RETURNING c.id),
       closed AS (UPDATE challenges c SET superseded_at = now() FROM newest, used WHERE c.id = newest.id AND c.id <> used.id)
       SELECT id FROM used`,
      [id],
    );
    return used.length > 0;
  }

  /** A page of all challenges of an account, after the one with id `after`. */
  async findPageOf(userId: string, after: string | undefined): Promise<(ExportedChallenge & { id: string })[]> {
    const page = await this.challenges.find({ where: { userId, ...afterId(after) }, order: { id: 'ASC' }, take: PAGE_ROWS });
    return page.map(({ id, purpose, address, tries, createdAt, expiresAt, consumedAt, supersededAt }) => {
      return { id, purpose, address, tries, createdAt, expiresAt, usedAt: consumedAt, supersededAt };
    });
  }

  /**
   * Closes the account's open challenge for the purpose of a new one; of a purpose that outlives closing, for its address only.
   * @returns who asked for it, if it was for the same address and could still be used
   */
  private async retire({ userId, purpose, address }: NewChallenge): Promise<Buffer[]> {
    const { raw } = await this.challenges
      .createQueryBuilder()
      .update()
      .set({ supersededAt: NOW })
      .where({ userId, purpose, ...(this.lasting.includes(purpose) && { address }), ...OPEN })
      .returning('address, askers, expires_at > now() AS live')
      .execute();
    const retired = raw as { address: string; askers: Buffer[]; live: boolean }[];
    return retired.filter((each) => each.live && each.address === address).flatMap(({ askers }) => askers);
  }

  private async insert(challenge: NewChallenge & Pick<Challenge, 'beside'>, ttlSeconds: number): Promise<Date> {
    const { raw } = await this.challenges
      .createQueryBuilder()
      .insert()
      .values({ ...challenge, expiresAt: secondsFromNow(ttlSeconds) } as QueryDeepPartialEntity<Challenge>)
      .returning('expires_at AS "expiresAt"')
      .execute();
    const [row] = raw as { expiresAt: Date }[];
    if (row === undefined) throw new Error('INSERT … RETURNING gave no row');
    return row.expiresAt;
  }

  /** Id of the account's oldest challenge for the purpose and address of a new one that can still be used. */
  private async findOldestOpen({ userId, purpose, address }: NewChallenge): Promise<string | null> {
    const oldest = await this.challenges
      .createQueryBuilder('c')
      .select('c.id')
      .innerJoin(Challenge, 'newest', 'c.id = ANY (ARRAY[newest.id, newest.beside])')
      .where('newest.userId = :userId AND newest.purpose = :purpose', { userId, purpose })
      .andWhere('newest.consumedAt IS NULL AND newest.supersededAt IS NULL')
      .andWhere('c.address = :address AND c.consumedAt IS NULL AND c.expiresAt > now()', { address })
      .orderBy('c.createdAt')
      .limit(1)
      .getOne();
    return oldest?.id ?? null;
  }

  /** One at a time per account and purpose. The account's row comes first, as wherever it is changed along with challenges. */
  private async lock(userId: string, purpose: string): Promise<void> {
    await this.database.query(
      `WITH account AS MATERIALIZED (SELECT id FROM users WHERE id = $1 FOR KEY SHARE)
       SELECT pg_advisory_xact_lock(hashtextextended($2, 0)) FROM account`,
      [userId, `challenge:${userId}:${purpose}`],
    );
  }

  private get challenges() {
    return this.database.repo(Challenge);
  }
}

function distinct(askers: readonly Buffer[]): Buffer[] {
  return [...new Map(askers.map((asker) => [asker.toString('hex'), asker])).values()];
}
