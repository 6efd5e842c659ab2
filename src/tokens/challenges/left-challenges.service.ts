import { Injectable } from '@nestjs/common';
import type { ChallengePurpose } from '../../common/declared.js';
import { DatabaseService } from '../../database/database.service.js';
import { isRefusedBy } from '../../database/database-errors.js';
import type { Part } from '../../database/part.js';
import { ChallengeSecrets } from './challenge-secrets.service.js';
import { ChallengeClosing } from './challenge-closing.service.js';
import { ChallengesRepository, MAX_ASKERS } from './challenges.repository.js';

/** An account that was made just now. */
interface Adoption {
  purpose: ChallengePurpose;
  userId: string;
  address: string;
  /** IP address of whoever registers, whose network has tries of its own. */
  askedFrom: string;
}

/**
 * Open codes and links of deleted accounts. Somebody who registers a stranger's address, deletes that account and registers again would
 * otherwise make every code worthless that is on its way to the owner; so the next account with the address has the same one. Kept under a
 * keyed HMAC of purpose and address, since the address itself has to go with the account.
 */
@Injectable()
export class LeftChallenges {
  constructor(
    private readonly database: DatabaseService,
    private readonly secrets: ChallengeSecrets,
    private readonly challenges: ChallengesRepository,
    private readonly closing: ChallengeClosing,
  ) {}

  /**
   * Leaves the newest open challenges of an account for these purposes to whoever registers their addresses next; joins the caller's
   * transaction, which deletes the account.
   */
  async leave(userId: string, purposes: readonly ChallengePurpose[]): Promise<void> {
    await this.database.query(
      `INSERT INTO left_challenges AS l (id, challenge_id, secret_id, code_mac, code_digits, client_id, askers, tried, created_at, expires_at)
       SELECT c.tally, c.id, c.secret_id, c.code_mac, c.code_digits, c.client_id, c.askers,
         (SELECT coalesce(jsonb_object_agg(encode(t.asker, 'hex'), t.tries), '{}') FROM challenge_tries t WHERE t.challenge_id = c.id),
         c.created_at, c.expires_at
       FROM challenges c
       WHERE c.user_id = $1 AND c.purpose = ANY ($2) AND c.consumed_at IS NULL AND c.superseded_at IS NULL AND c.expires_at > now()
         AND c.tally IS NOT NULL
       ON CONFLICT (id) DO UPDATE
         SET challenge_id = excluded.challenge_id, secret_id = excluded.secret_id, code_mac = excluded.code_mac,
             code_digits = excluded.code_digits, client_id = excluded.client_id, askers = excluded.askers, tried = excluded.tried,
             created_at = excluded.created_at, expires_at = excluded.expires_at`,
      [userId, purposes],
    );
  }

  /**
   * Part of the statement that makes an account: the `id` out of `created`, for later parts to read. Where something was left, the whole
   * statement fails with an error of which `isLeft` is true, also when the deletion was committed while the statement waited for it.
   */
  demandingNone(wanted: readonly Pick<Adoption, 'purpose' | 'address'>[], created: string): Part {
    return {
      as: 'unleft',
      sql: `SELECT demand_nothing_left(id, $1) AS id FROM ${created}`,
      values: [wanted.map(({ purpose, address }) => this.secrets.tallyOf(purpose, address))],
    };
  }

  isLeft(error: unknown): boolean {
    return isRefusedBy(error, 'left_challenges_adopted');
  }

  /**
   * Gives a new account what was left for its address, wrong codes included; joins the caller's transaction, which makes the account. It
   * replaces the challenge that was made along with the account, unless less than half its lifetime is left: then the new one counts.
   * @returns ids of the replaced challenge and of the one in its place; null where no challenge was replaced
   */
  async adopt({ purpose, userId, address, askedFrom }: Adoption): Promise<{ from: string; to: string } | null> {
    const [left] = await this.database.query<{ challengeId: string; isFresh: boolean } & Record<string, unknown>>(
      `DELETE FROM left_challenges WHERE id = $1 AND expires_at > now()
       RETURNING challenge_id AS "challengeId", secret_id, code_mac, code_digits, client_id, askers, tried, created_at, expires_at,
         expires_at - now() >= (expires_at - created_at) / 2 AS "isFresh"`,
      [this.secrets.tallyOf(purpose, address)],
    );
    if (left === undefined) return null;
    const made = await this.challenges.findLiveOf(userId, purpose);
    if (made !== null && !left.isFresh) return null;
    await this.closing.close(userId, purpose);
    await this.database.query(
      `INSERT INTO challenges (id, user_id, purpose, address, return_to, tally, askers, secret_id, code_mac, code_digits, client_id, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, ($7::bytea[] || array_remove($8::bytea[], ($7::bytea[])[1]))[:${MAX_ASKERS}], $9, $10, $11, $12, $13, $14)`,
      [
        left.challengeId,
        userId,
        purpose,
        address,
        made?.returnTo ?? null,
        this.secrets.tallyOf(purpose, address),
        [this.secrets.askerOf(askedFrom)],
        left['askers'],
        left['secret_id'],
        left['code_mac'],
        left['code_digits'],
        left['client_id'],
        left['created_at'],
        left['expires_at'],
      ],
    );
    await this.database.query(
      `INSERT INTO challenge_tries (challenge_id, asker, tries)
       SELECT $1, decode(t.key, 'hex'), t.value::integer FROM jsonb_each_text($2::jsonb) t`,
      [left.challengeId, JSON.stringify(left['tried'])],
    );
    return made === null ? null : { from: made.id, to: left.challengeId };
  }
}
