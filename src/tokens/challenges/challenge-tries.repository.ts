import { Injectable } from '@nestjs/common';
import type { ChallengePurpose } from '../../common/declared.js';
import { DatabaseService } from '../../database/database.service.js';
import { COLUMNS, type StoredChallenge } from './challenges.repository.js';

/** How many wrong codes there may be. */
interface TryLimits {
  /** Of one asker, per code. */
  perAsker: number;
  /** Of all askers but those who asked for the code, per address, purpose and window. */
  perWindow: number;
  windowSeconds: number;
  /** Codes that are compared, of all askers, per address, purpose and UTC day: those with fewer digits than `longDigits`. */
  perDay: number;
  longDigits: number;
}

/** Digits of a code of which many may be tried in a day. */
const LONG_DIGITS = 8;

/**
 * Wrong codes after which none is evaluated any more; the link of the same mail stays good. `docs/security.md` has the arithmetic.
 * - 5 per code and network. Source: OWASP Forgot Password Cheat Sheet.
 * - 10 per address or number and purpose in 15 min, of all networks but those that asked for the code: strangers cannot keep its owner out.
 * - 100 per address, purpose and UTC day for codes of six digits: one guess in 10,000. Where two codes are good, a try counts for both.
 */
export const TRIES: TryLimits = { perAsker: 5, perWindow: 10, windowSeconds: 15 * 60, perDay: 100, longDigits: LONG_DIGITS };

/** A try that was counted, and in which tallies beside those of its asker. */
export interface CountedTry {
  asker: Buffer;
  /** The tally of purpose and address. */
  tally: Buffer;
  /** The challenges whose code it may be: one, or two where an earlier one is kept. */
  challenges: readonly StoredChallenge[];
  /** How many codes the try counts for in the day of the tally. */
  inDay: number;
  /** 1 if the try counts in the window of the tally, else 0. */
  inWindow: number;
}

/** From when a tally with a try of now says nothing any more: its day and its window are over. */
const END_OF_TALLY = `greatest(((now() AT TIME ZONE 'UTC')::date + 1)::timestamp AT TIME ZONE 'UTC', now() + make_interval(secs => $6))`;

/** Counts codes that are tried, so that none can be guessed. */
@Injectable()
export class ChallengeTriesRepository {
  constructor(private readonly database: DatabaseService) {}

  /**
   * Counts a try against the account's open challenge, and the one that is kept beside it, in one statement; null when there is none or
   * no try is left: first of this asker, then of the address or number that it was sent to. Parallel tries wait for each other on the newest
   * challenge's row, so none slips through. What an asker has no tries for does not use up those of the address, and those who asked for the
   * code do not share them. The tally outlives the account: whoever registers the address again goes on counting.
   */
  async count(userId: string, purpose: ChallengePurpose, asker: Buffer, limits: TryLimits): Promise<CountedTry | null> {
    const { perAsker, perWindow, windowSeconds, perDay, longDigits } = limits;
    const rows = await this.database.query<StoredChallenge & Pick<CountedTry, 'tally' | 'inDay' | 'inWindow'>>(
      `WITH newest AS (
         SELECT id, beside, coalesce(tally, sha256(convert_to(purpose || ':' || user_id, 'UTF8'))) AS tally
         FROM challenges WHERE user_id = $1 AND purpose = $2 AND consumed_at IS NULL AND superseded_at IS NULL
         FOR UPDATE),
       open AS (
         SELECT c.id, (c.code_digits < $8)::int AS in_day, (NOT $3 = ANY (c.askers))::int AS in_window
         FROM newest JOIN challenges c ON c.id = ANY (ARRAY[newest.id, newest.beside]) AND c.consumed_at IS NULL),
       asker AS (
         INSERT INTO challenge_tries AS t (challenge_id, asker, tries) SELECT id, $3, 1 FROM open
         ON CONFLICT (challenge_id, asker) DO UPDATE SET tries = t.tries + 1 WHERE t.tries < $4
         RETURNING challenge_id),
       counted AS (
         SELECT sum(in_day)::int AS in_day, min(in_window) AS in_window FROM open JOIN asker ON asker.challenge_id = open.id
         HAVING count(*) > 0),
       tally AS (
         INSERT INTO code_tallies AS t (id, day, tries, window_ends_at, window_tries, ends_at)
         SELECT newest.tally, (now() AT TIME ZONE 'UTC')::date, in_day, now() + make_interval(secs => $6), in_window, ${END_OF_TALLY}
         FROM counted, newest
         ON CONFLICT (id) DO UPDATE
           SET day = excluded.day,
               tries = CASE WHEN t.day = excluded.day THEN t.tries ELSE 0 END + excluded.tries,
               window_ends_at = CASE WHEN t.window_ends_at > now() THEN t.window_ends_at ELSE excluded.window_ends_at END,
               window_tries = CASE WHEN t.window_ends_at > now() THEN t.window_tries ELSE 0 END + excluded.window_tries,
               ends_at = excluded.ends_at
           WHERE (excluded.tries = 0 OR t.day <> excluded.day OR t.tries + excluded.tries <= $7)
             AND (excluded.window_tries = 0 OR t.window_ends_at <= now() OR t.window_tries < $5)
         RETURNING id)
       UPDATE challenges c SET tries = c.tries + 1
       FROM asker, counted, tally
       WHERE c.id = asker.challenge_id
       RETURNING ${COLUMNS}, tally.id AS tally, counted.in_day AS "inDay", counted.in_window AS "inWindow"`,
      [userId, purpose, asker, perAsker, perWindow, windowSeconds, perDay, longDigits],
    );
    const [first] = rows;
    if (first === undefined) return null;
    const { tally, inDay, inWindow } = first;
    return { asker, tally, challenges: rows, inDay, inWindow };
  }

  /** Takes a try back that turned out right, from all the tallies in which it was counted. */
  async uncount({ asker, tally, challenges, inDay, inWindow }: CountedTry): Promise<void> {
    // The newest challenge first, as when counting: otherwise two tries could wait for each other.
    await this.database.query(
      `WITH tried AS (SELECT id FROM challenges WHERE id = ANY ($1::uuid[]) ORDER BY created_at DESC FOR UPDATE),
       counted AS (UPDATE challenges c SET tries = greatest(c.tries - 1, 0) FROM tried WHERE c.id = tried.id RETURNING c.id),
       asker AS (UPDATE challenge_tries t SET tries = greatest(t.tries - 1, 0) FROM counted WHERE t.challenge_id = counted.id AND t.asker = $3)
       UPDATE code_tallies t SET tries = greatest(t.tries - $4, 0), window_tries = greatest(t.window_tries - $5, 0)
       FROM (SELECT count(*) FROM counted) waited WHERE t.id = $2`,
      [challenges.map(({ id }) => id), tally, asker, inDay, inWindow],
    );
  }

  /** Counts a wrong code, of whatever account. @returns the wrong codes of the last minute on all nodes, with this one */
  async countWrongCode(): Promise<number> {
    const [row] = await this.database.query<{ wrong: number }>(
      `WITH counted AS (
         INSERT INTO wrong_code_seconds AS s (second, wrong) VALUES (date_trunc('second', now()), 1)
         ON CONFLICT (second) DO UPDATE SET wrong = s.wrong + 1
         RETURNING second, wrong),
       forgotten AS (
         DELETE FROM wrong_code_seconds WHERE second = ANY (ARRAY(
           SELECT second FROM wrong_code_seconds WHERE second < now() - interval '10 minutes' ORDER BY second LIMIT 100 FOR UPDATE SKIP LOCKED)))
       SELECT (counted.wrong + coalesce(sum(others.wrong), 0))::int AS wrong
       FROM counted LEFT JOIN wrong_code_seconds others ON others.second > now() - interval '1 minute' AND others.second <> counted.second
       GROUP BY counted.wrong`,
    );
    return row?.wrong ?? 0;
  }

  /** Notes an alarm about wrong codes; joins the caller's transaction. Of parallel calls within a minute, on all nodes, one gets true. */
  async claimAlarm(): Promise<boolean> {
    const rows = await this.database.query(
      `INSERT INTO code_alarms AS a (raised_at) VALUES (now())
       ON CONFLICT (id) DO UPDATE SET raised_at = excluded.raised_at WHERE a.raised_at <= now() - interval '1 minute'
       RETURNING a.id`,
    );
    return rows.length > 0;
  }
}
