import { Injectable } from '@nestjs/common';
import type { ChallengePurpose } from '../../common/declared.js';
import { DatabaseService } from '../../database/database.service.js';
import type { Part } from '../../database/part.js';
import { ChallengeSecrets } from './challenge-secrets.service.js';
import { MAX_ASKERS, type NewChallenge } from './challenges.repository.js';

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
   * Stores a challenge as part of the statement that makes its account, of which `of` has the `id`. Where the address has one from before
   * with half its lifetime left, it is that one, wrong codes included. The part `challenge` returns `id` and `expires_at`.
   */
  insertion({ tally, ...challenge }: NewChallenge, ttlSeconds: number, of: string): Part[] {
    const { id, purpose, address, secretId, codeMac, returnTo, codeDigits, askers, clientId } = challenge;
    const sql = `INSERT INTO challenges (id, user_id, purpose, address, secret_id, code_mac, created_at, expires_at, return_to, code_digits,
         askers, client_id, tally)
       SELECT coalesce(l.challenge_id, $1::uuid), ${of}.id, $2::text, $3::text, coalesce(l.secret_id, $4::text), coalesce(l.code_mac, $5::bytea),
         coalesce(l.created_at, now()), coalesce(l.expires_at, now() + make_interval(secs => $6)), $7::text,
         coalesce(l.code_digits, $8::smallint), ${joined('$9')}, CASE WHEN l.id IS NULL THEN $10::text ELSE l.client_id END, $11::bytea
       FROM ${of} LEFT JOIN left_challenge l ON l.expires_at - now() >= (l.expires_at - l.created_at) / 2
       RETURNING id, expires_at`;
    const values = [id, purpose, address, secretId, codeMac, ttlSeconds, returnTo, codeDigits, askers, clientId, tally];
    return [taking('left_challenge', tally, of), { as: 'challenge', sql, values }, triesOf('left_challenge', 'challenge', 'left_tries')];
  }

  /**
   * The same where nothing is sent now: the account has the challenge from before, however old it is, if there is one.
   * @param askedFrom IP address of whoever registers, whose network has tries of its own
   * @param as prefix of the parts' names
   */
  adopting(purpose: ChallengePurpose, address: string, askedFrom: string, of: string, as: string): Part[] {
    const [left, adopted] = [`${as}_left`, `${as}_adopted`];
    const values = [purpose, address, [this.secrets.askerOf(askedFrom)]];
    const sql = `INSERT INTO challenges (id, user_id, purpose, address, secret_id, code_mac, created_at, expires_at, code_digits, askers,
         client_id, tally)
       SELECT l.challenge_id, ${of}.id, $1::text, $2::text, l.secret_id, l.code_mac, l.created_at, l.expires_at, l.code_digits,
         ${joined('$3')}, l.client_id, l.id
       FROM ${of}, ${left} l
       RETURNING id`;
    const tally = this.secrets.tallyOf(purpose, address);
    return [taking(left, tally, of), { as: adopted, sql, values }, triesOf(left, adopted, `${as}_tries`)];
  }
}

/** The askers of the left challenge `l` behind those of a parameter; of too many, the newest. */
function joined(parameter: string): string {
  return `(${parameter}::bytea[] || array_remove(coalesce(l.askers, '{}'), (${parameter}::bytea[])[1]))[:${MAX_ASKERS}]`;
}

/** Takes what was left for an address away, for one account only. */
function taking(as: string, tally: Buffer, of: string): Part {
  const sql = `DELETE FROM left_challenges l USING ${of} WHERE l.id = $1::bytea AND l.expires_at > now() RETURNING l.*`;
  return { as, sql, values: [tally] };
}

/** Wrong codes from before count on. */
function triesOf(left: string, challenge: string, as: string): Part {
  const sql = `INSERT INTO challenge_tries (challenge_id, asker, tries)
    SELECT c.id, decode(t.key, 'hex'), t.value::integer
    FROM ${challenge} c JOIN ${left} l ON l.challenge_id = c.id CROSS JOIN LATERAL jsonb_each_text(l.tried) t`;
  return { as, sql, values: [] };
}
