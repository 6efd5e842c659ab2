import { Injectable } from '@nestjs/common';
import { newId } from '../../common/ids.js';
import { DatabaseService } from '../../database/database.service.js';
import type { Account } from '../../users/account.js';
import { AuthenticatorsRepository } from './authenticators.repository.js';

/** After the wait a reset works without the second factor for so long, seconds. */
const USABLE_SECONDS = 3 * 86_400;

/** A wait that is under way or over, in which nobody has used a factor of the account. */
export interface FactorWaiver {
  id: string;
  userId: string;
  askedAt: Date;
  /** From when on a reset needs no second factor. */
  dueAt: Date;
  isDue: boolean;
}

/**
 * Nobody stopped it, and no factor of the account was used since it was asked for: that shows that its owner has one. A step-up and a
 * sign-in count alike, and so does a recovery code.
 */
const STANDS = `w.ends_at > now()
  AND NOT EXISTS (SELECT FROM authenticators a WHERE a.user_id = w.user_id AND (a.last_used_at > w.asked_at OR a.confirmed_at > w.asked_at))
  AND NOT EXISTS (SELECT FROM recovery_codes c WHERE c.user_id = w.user_id AND c.used_at > w.asked_at)`;

const COLUMNS = `w.id, w.user_id AS "userId", w.asked_at AS "askedAt", w.due_at AS "dueAt", w.due_at <= now() AS "isDue"`;

/** Waits after which the reset of a password goes without the second factor that its owner has lost. An account has one at most. */
@Injectable()
export class FactorWaivers {
  constructor(
    private readonly database: DatabaseService,
    private readonly authenticators: AuthenticatorsRepository,
  ) {}

  /** The account's wait, as long as it stands. */
  async find(userId: string): Promise<FactorWaiver | null> {
    return this.one(`SELECT ${COLUMNS} FROM factor_waivers w WHERE w.user_id = $1 AND ${STANDS}`, userId);
  }

  /** The same by its id. */
  async findById(id: string): Promise<FactorWaiver | null> {
    return this.one(`SELECT ${COLUMNS} FROM factor_waivers w WHERE w.id = $1 AND ${STANDS}`, id);
  }

  /** Begins a wait in place of an earlier one that does not stand any more. Belongs into a transaction that has locked the account's row. */
  async begin(userId: string, waitSeconds: number): Promise<FactorWaiver> {
    const [begun] = await this.database.query<FactorWaiver>(
      `INSERT INTO factor_waivers AS w (id, user_id, asked_at, due_at, ends_at)
       VALUES ($1, $2, clock_timestamp(), clock_timestamp() + make_interval(secs => $3), clock_timestamp() + make_interval(secs => $4))
       ON CONFLICT (user_id) DO UPDATE SET id = excluded.id, asked_at = excluded.asked_at, due_at = excluded.due_at, ends_at = excluded.ends_at
       RETURNING ${COLUMNS}`,
      [newId(), userId, waitSeconds, waitSeconds + USABLE_SECONDS],
    );
    if (begun === undefined) throw new Error('The wait was not stored');
    return begun;
  }

  /**
   * Uses up a wait that is over; joins the caller's transaction.
   * @returns false when there is none, or not any more
   */
  async useUp(userId: string): Promise<boolean> {
    const used = await this.database.query(
      `DELETE FROM factor_waivers w WHERE w.user_id = $1 AND w.due_at <= now() AND ${STANDS} RETURNING w.id`,
      [userId],
    );
    return used.length > 0;
  }

  /** Ends the account's wait, over or not; joins the caller's transaction. @returns whether one stood */
  async stop(userId: string): Promise<boolean> {
    const stopped = await this.database.query<{ stood: boolean }>(
      `DELETE FROM factor_waivers w WHERE w.user_id = $1 RETURNING (${STANDS}) AS stood`,
      [userId],
    );
    return stopped.some(({ stood }) => stood);
  }

  /** Forgets one that does not stand any more because a factor was used. @returns whose it was; null if it stands, or is gone */
  async clear(id: string): Promise<string | null> {
    const [cleared] = await this.database.query<{ userId: string }>(
      `DELETE FROM factor_waivers w WHERE w.id = $1 AND NOT (${STANDS}) RETURNING w.user_id AS "userId"`,
      [id],
    );
    return cleared?.userId ?? null;
  }

  /**
   * Lets the account need a second factor although it has none now, so that its next sign-in cannot go on without setting one up; or not
   * any more, if it has another owner.
   */
  async setRequired({ id, mfaRequiredAt }: Pick<Account, 'id' | 'mfaRequiredAt'>, isRequired: boolean): Promise<void> {
    if ((mfaRequiredAt !== null) !== isRequired) await this.authenticators.demandSecondFactor(id, isRequired);
  }

  private async one(sql: string, value: string): Promise<FactorWaiver | null> {
    const [found] = await this.database.query<FactorWaiver>(sql, [value]);
    return found ?? null;
  }
}
