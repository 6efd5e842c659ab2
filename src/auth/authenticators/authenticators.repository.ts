import { Injectable } from '@nestjs/common';
import { In, IsNull, Not } from 'typeorm';
import { DatabaseService } from '../../database/database.service.js';
import { Authenticator } from './authenticator.entity.js';

/** A confirmed authenticator of an account that moves here. Times are RFC 3339; null for one that nobody knows. */
export interface MovedAuthenticator extends Pick<Authenticator, 'id' | 'userId' | 'type' | 'name' | 'secret'> {
  lastStep: number | null;
  createdAt: string | null;
  confirmedAt: string | null;
  lastUsedAt: string | null;
}

/** The rows of authenticators. Whatever changes which are confirmed also brings `users.factors` up to date. */
@Injectable()
export class AuthenticatorsRepository {
  private selectConfirmed: string | undefined;

  constructor(private readonly database: DatabaseService) {}

  /** The account's confirmed ones, the oldest first. */
  findConfirmed(userId: string): Promise<Authenticator[]> {
    const sql = (this.selectConfirmed ??= `SELECT ${this.database.columnsOf(Authenticator)} FROM authenticators
      WHERE user_id = $1 AND confirmed_at IS NOT NULL ORDER BY id`);
    return this.database.named<Authenticator>('authenticators-confirmed', sql, [userId]);
  }

  /** All of the account's, confirmed or not, the oldest first. */
  findAll(userId: string): Promise<Authenticator[]> {
    return this.authenticators.find({ where: { userId }, order: { id: 'ASC' } });
  }

  /** One of the account's, confirmed or not; null for another account's. */
  findOne(userId: string, id: string): Promise<Authenticator | null> {
    return this.authenticators.findOneBy({ userId, id });
  }

  async insert(authenticator: Pick<Authenticator, 'id' | 'userId' | 'type' | 'name' | 'secret' | 'confirmedAt'>): Promise<void> {
    await this.authenticators.insert(authenticator);
    if (authenticator.confirmedAt !== null) await this.tellAccount(authenticator.userId);
  }

  /**
   * Stores authenticators of accounts that were just imported, and tells the accounts; these keep their version, as they come as they were.
   * Joins the caller's transaction.
   */
  async insertMoved(moved: readonly MovedAuthenticator[]): Promise<void> {
    await this.database.query(
      `INSERT INTO authenticators (id, user_id, type, name, secret, last_step, created_at, confirmed_at, last_used_at)
       SELECT id, "userId", type, name, secret, "lastStep", coalesce("createdAt", now()), coalesce("confirmedAt", "createdAt", now()), "lastUsedAt"
       FROM jsonb_to_recordset($1::jsonb) AS r(id uuid, "userId" uuid, type text, name text, secret text, "lastStep" bigint,
         "createdAt" timestamptz, "confirmedAt" timestamptz, "lastUsedAt" timestamptz)`,
      [JSON.stringify(moved)],
    );
    await this.database.query(
      `UPDATE users u SET factors = kinds.kinds
       FROM (SELECT user_id, array_agg(DISTINCT type ORDER BY type) AS kinds FROM authenticators
             WHERE user_id = ANY ($1::uuid[]) AND confirmed_at IS NOT NULL GROUP BY user_id) kinds
       WHERE u.id = kinds.user_id`,
      [[...new Set(moved.map(({ userId }) => userId))]],
    );
  }

  /** The confirmed ones of several accounts, the oldest first. */
  findConfirmedOf(userIds: readonly string[]): Promise<Authenticator[]> {
    return this.authenticators.find({ where: { userId: In([...userIds]), confirmedAt: Not(IsNull()) }, order: { id: 'ASC' } });
  }

  /** Since when these accounts want a second factor, as RFC 3339 with all digits; null for one that does not. */
  findDemands(userIds: readonly string[]): Promise<{ id: string; mfaRequiredAt: string | null }[]> {
    return this.database.query<{ id: string; mfaRequiredAt: string | null }>(
      `SELECT id, to_char(mfa_required_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "mfaRequiredAt"
       FROM users WHERE id = ANY ($1::uuid[])`,
      [userIds],
    );
  }

  /** @returns false when it is gone, or was confirmed before */
  async confirm(userId: string, id: string): Promise<boolean> {
    const { affected } = await this.authenticators.update({ userId, id, confirmedAt: IsNull() }, { confirmedAt: () => 'now()' });
    if (affected !== 1) return false;
    await this.tellAccount(userId);
    return true;
  }

  async rename(userId: string, id: string, name: string): Promise<boolean> {
    const { affected } = await this.authenticators.update({ userId, id }, { name });
    return affected === 1;
  }

  /** Removes one, or all of the account's. @returns how many were confirmed */
  async remove(userId: string, id?: string): Promise<number> {
    const { raw } = await this.authenticators
      .createQueryBuilder()
      .delete()
      .where(id === undefined ? { userId } : { userId, id })
      .returning('confirmed_at')
      .execute();
    await this.tellAccount(userId);
    return (raw as { confirmed_at: Date | null }[]).filter((row) => row.confirmed_at !== null).length;
  }

  /** Forgets those that nobody confirmed in time. */
  async removeUnconfirmed(userId: string, olderThanSeconds: number): Promise<void> {
    await this.authenticators
      .createQueryBuilder()
      .delete()
      .where({ userId, confirmedAt: IsNull() })
      .andWhere('created_at < now() - make_interval(secs => :olderThanSeconds)', { olderThanSeconds })
      .execute();
  }

  /**
   * Notes that a code of this time step was accepted.
   * @returns false when a code of that step, or of a later one, was accepted before: in this statement, so that of any number of requests
   *   with one code one succeeds
   */
  async acceptStep(userId: string, id: string, step: number): Promise<boolean> {
    const accepted = await this.database.named(
      'totp-step',
      `UPDATE authenticators SET last_step = $3, last_used_at = now()
       WHERE id = $2 AND user_id = $1 AND (last_step IS NULL OR last_step < $3) RETURNING id`,
      [userId, id, step],
    );
    return accepted.length === 1;
  }

  /** Secrets that were sealed under another root secret than the one with this id. */
  findSealedOtherwise(rootId: string, limit: number): Promise<{ id: string; secret: string }[]> {
    return this.authenticators
      .createQueryBuilder('a')
      .select('a.id', 'id')
      .addSelect('a.secret', 'secret')
      .where(`a.type = 'totp' AND a.secret IS NOT NULL AND NOT starts_with(a.secret, :root)`, { root: `${rootId}.` })
      .orderBy('a.id')
      .limit(limit)
      .getRawMany<{ id: string; secret: string }>();
  }

  /** Replaces a secret by the same one, sealed anew; not if it was replaced meanwhile. */
  async reseal(id: string, old: string, sealed: string): Promise<void> {
    await this.authenticators.update({ id, secret: old }, { secret: sealed });
  }

  /** Notes since when its owner wants a second factor at every sign-in, or that they do not. */
  async demandSecondFactor(userId: string, isDemanded: boolean): Promise<void> {
    await this.database.query(
      `UPDATE users SET mfa_required_at = CASE WHEN $2::boolean THEN now() END, version = version + 1, updated_at = now() WHERE id = $1`,
      [userId, isDemanded],
    );
  }

  private async tellAccount(userId: string): Promise<void> {
    await this.database.query(
      `UPDATE users u SET factors = kinds.kinds, version = version + 1, updated_at = now()
       FROM (SELECT coalesce(array_agg(DISTINCT type ORDER BY type), '{}') AS kinds
             FROM authenticators WHERE user_id = $1 AND confirmed_at IS NOT NULL) kinds
       WHERE u.id = $1 AND u.factors <> kinds.kinds`,
      [userId],
    );
  }

  private get authenticators() {
    return this.database.repo(Authenticator);
  }
}
