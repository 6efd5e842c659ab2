import { Injectable } from '@nestjs/common';
import { In, IsNull, Not } from 'typeorm';
import { NOW, afterId, inFuture, secondsFromNow } from '../../database/conditions.js';
import { DatabaseService } from '../../database/database.service.js';
import type { Part } from '../../database/part.js';
import { PAGE_ROWS } from '../../database/row-pages.js';
import { Catalogue } from '../../common/catalogue.js';
import type { ChallengePurpose } from '../../common/declared.js';
import { Challenge } from './challenge.entity.js';

/** What a caller of the repository needs of a challenge, with its age by the database's clock. */
export interface StoredChallenge {
  id: string;
  userId: string;
  purpose: ChallengePurpose;
  address: string;
  secretId: string;
  codeMac: Buffer;
  expiresAt: Date;
  expired: boolean;
}

type NewChallenge = Pick<Challenge, 'id' | 'userId' | 'purpose' | 'address' | 'returnTo' | 'secretId' | 'codeMac'>;

/** A challenge as it is told to its owner: when and what for, nothing of what opens something. */
export type ExportedChallenge = Pick<Challenge, 'purpose' | 'address' | 'tries' | 'createdAt' | 'expiresAt' | 'supersededAt'> & {
  usedAt: Date | null;
};

const COLUMNS = `c.id, c.user_id AS "userId", c.purpose, c.address, c.secret_id AS "secretId", c.code_mac AS "codeMac",
  c.expires_at AS "expiresAt", c.expires_at <= now() AS expired`;

/** Of a challenge that is neither used nor replaced. */
const OPEN = { consumedAt: IsNull(), supersededAt: IsNull() };

@Injectable()
export class ChallengesRepository {
  /** Purposes of which the challenges stay open when the others of an account are closed. */
  private readonly lasting: readonly ChallengePurpose[];

  constructor(
    private readonly database: DatabaseService,
    { purposes }: Catalogue,
  ) {
    this.lasting = (Object.keys(purposes) as ChallengePurpose[]).filter((purpose) => purposes[purpose].outlivesClosing);
  }

  /** Stores a challenge in place of the account's open one for the same purpose; joins the caller's transaction. */
  async replace(challenge: NewChallenge, ttlSeconds: number): Promise<Date> {
    return this.database.transaction(async () => {
      await this.lock(challenge.userId, challenge.purpose);
      await this.supersede(challenge.userId, challenge.purpose, this.lasting.includes(challenge.purpose) ? challenge.address : null);
      const { raw } = await this.challenges
        .createQueryBuilder()
        .insert()
        .values({ ...challenge, expiresAt: secondsFromNow(ttlSeconds) })
        .returning('expires_at AS "expiresAt"')
        .execute();
      const [row] = raw as { expiresAt: Date }[];
      if (row === undefined) throw new Error('INSERT … RETURNING gave no row');
      return row.expiresAt;
    });
  }

  /** Stores a challenge as part of the statement that makes its account, of which `of` has the `id`; returns `id` and `expires_at`. */
  insertion(challenge: NewChallenge, ttlSeconds: number, of: string): Part {
    const sql = `INSERT INTO challenges (id, user_id, purpose, address, secret_id, code_mac, expires_at, return_to)
       SELECT $1::uuid, id, $2::text, $3::text, $4::text, $5::bytea, now() + make_interval(secs => $6), $7::text FROM ${of}
       RETURNING id, expires_at`;
    const { id, purpose, address, secretId, codeMac, returnTo } = challenge;
    return { as: 'challenge', sql, values: [id, purpose, address, secretId, codeMac, ttlSeconds, returnTo] };
  }

  /** Closes the account's open challenge for a purpose (of one address only, if one is named), or all that do not outlive closing. */
  async supersede(userId: string, purpose: ChallengePurpose | null, address: string | null = null): Promise<void> {
    await this.challenges.update(
      { userId, purpose: purpose ?? Not(In(this.lasting)), ...(address !== null && { address }), ...OPEN },
      { supersededAt: NOW },
    );
  }

  /** Closes the account's open challenges for the same purpose that were made after this one. */
  async supersedeNewer({ id, userId, purpose }: Pick<StoredChallenge, 'id' | 'userId' | 'purpose'>): Promise<void> {
    await this.challenges
      .createQueryBuilder()
      .update()
      .set({ supersededAt: NOW })
      .where({ userId, purpose, ...OPEN })
      .andWhere('created_at > (SELECT this.created_at FROM challenges this WHERE this.id = :id)', { id })
      .execute();
  }

  /** What was kept with a challenge of whatever state about where its page leads back to. */
  findReturnTo(id: string): Promise<Pick<Challenge, 'secretId' | 'returnTo'> | null> {
    return this.challenges.findOne({ select: { secretId: true, returnTo: true }, where: { id } });
  }

  /** The challenge if it is neither used nor replaced. */
  async findOpen(id: string): Promise<StoredChallenge | null> {
    const [row] = await this.database.named<StoredChallenge>(
      'challenge-open',
      `SELECT ${COLUMNS} FROM challenges c WHERE c.id = $1 AND c.consumed_at IS NULL AND c.superseded_at IS NULL`,
      [id],
    );
    return row ?? null;
  }

  /** Whether the challenge was used. */
  isConsumed(id: string): Promise<boolean> {
    return this.challenges.existsBy({ id, consumedAt: Not(IsNull()) });
  }

  /** The account's challenge for a purpose, if it is neither used, replaced nor too old. */
  findLiveOf(userId: string, purpose: ChallengePurpose): Promise<Challenge | null> {
    return this.challenges.findOneBy({ userId, purpose, ...OPEN, expiresAt: inFuture() });
  }

  /**
   * Counts a try against the account's open challenge and returns it, in one statement; null when there is none or no try is
   * left, of this code or of the day. Parallel tries wait for each other on the challenge's row, so none slips through. Tries of a
   * code that is locked already do not use up the day: it takes several mailed codes to lock them all.
   */
  async countTry(
    userId: string,
    purpose: ChallengePurpose,
    { perCode, perDay }: { perCode: number; perDay: number },
  ): Promise<StoredChallenge | null> {
    const [row] = await this.database.query<StoredChallenge>(
      `WITH open AS (
         SELECT id FROM challenges
         WHERE user_id = $1 AND purpose = $2 AND consumed_at IS NULL AND superseded_at IS NULL AND tries < $3
         FOR UPDATE),
       tally AS (
         INSERT INTO challenge_tallies AS t (user_id, purpose, day, tries)
         SELECT $1, $2, (now() AT TIME ZONE 'UTC')::date, 1 FROM open
         ON CONFLICT (user_id, purpose) DO UPDATE
           SET day = excluded.day, tries = CASE WHEN t.day = excluded.day THEN t.tries + 1 ELSE 1 END
           WHERE t.day <> excluded.day OR t.tries < $4
         RETURNING user_id)
       UPDATE challenges c SET tries = c.tries + 1
       FROM open, tally
       WHERE c.id = open.id
       RETURNING ${COLUMNS}`,
      [userId, purpose, perCode, perDay],
    );
    return row ?? null;
  }

  /** Takes a try back that turned out right, from the code's and from the day's. */
  async uncountTry({ id, userId, purpose }: Pick<StoredChallenge, 'id' | 'userId' | 'purpose'>): Promise<void> {
    // The challenge first, as when counting: otherwise two tries could wait for each other.
    await this.database.query(
      `WITH counted AS (UPDATE challenges SET tries = greatest(tries - 1, 0) WHERE id = $1 RETURNING id)
       UPDATE challenge_tallies t SET tries = greatest(t.tries - 1, 0) FROM counted WHERE t.user_id = $2 AND t.purpose = $3`,
      [id, userId, purpose],
    );
  }

  /** Uses the challenge up, in one statement; of parallel calls one gets true. */
  async consume(id: string): Promise<boolean> {
    const { affected } = await this.challenges.update({ id, ...OPEN, expiresAt: inFuture() }, { consumedAt: NOW });
    return affected === 1;
  }

  /** A page of all challenges of an account, after the one with id `after`. */
  async findPageOf(userId: string, after: string | undefined): Promise<(ExportedChallenge & { id: string })[]> {
    const page = await this.challenges.find({ where: { userId, ...afterId(after) }, order: { id: 'ASC' }, take: PAGE_ROWS });
    return page.map(({ id, purpose, address, tries, createdAt, expiresAt, consumedAt, supersededAt }) => {
      return { id, purpose, address, tries, createdAt, expiresAt, usedAt: consumedAt, supersededAt };
    });
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
