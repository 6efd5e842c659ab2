import { Injectable } from '@nestjs/common';
import { DatabaseService } from '../database/database.service.js';
import type { HeldEmail } from './account.js';
import type { Identifier } from './identifiers.js';
import { User } from './user.entity.js';
import { takenError } from './users.repository.js';

/** Holds that have ended and are forgotten along with each change of an address. */
const ENDED_HOLDS = 100;

/** The e-mail addresses and mobile numbers of accounts, and who can go back to which address. */
@Injectable()
export class ContactsRepository {
  constructor(private readonly database: DatabaseService) {}

  /** The account whose recovery address this is; of several the one that was edited last. */
  findByRecoveryKey(key: string): Promise<User | null> {
    return this.database
      .repo(User)
      .createQueryBuilder('user')
      .where('user.recoveryEmail IS NOT NULL AND lower(user.recoveryEmail) = :key', { key })
      .orderBy('user.updatedAt', 'DESC')
      .limit(1)
      .getOne();
  }

  /** Marks the address verified if it is still the account's. */
  async markEmailVerified(id: string, emailKey: string): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE users SET email_verified_at = coalesce(email_verified_at, now()), recovery_email = NULL, updated_at = now(), version = version + 1
       WHERE id = $1 AND email_key = $2 AND disabled_at IS NULL RETURNING id`,
      [id, emailKey],
    );
    return rows.length > 0;
  }

  /** Former addresses that the account can still go back to. */
  findHeldEmails(id: string): Promise<HeldEmail[]> {
    return this.database.query<HeldEmail>(
      'SELECT email_key AS email, held_until AS "heldUntil" FROM held_emails WHERE user_id = $1 ORDER BY held_until',
      [id],
    );
  }

  /** Whether an account (other than `butFor`) can go back to this address, which it had before. */
  async isEmailHeld(emailKey: string, butFor: string | null = null): Promise<boolean> {
    const rows = await this.database.query(
      'SELECT FROM held_emails WHERE email_key = $1 AND held_until > now() AND user_id IS DISTINCT FROM $2',
      [emailKey, butFor],
    );
    return rows.length > 0;
  }

  /**
   * Holds the account's address for it, if it was proven and is to give way to `nextKey`. Forgets some of the holds that have ended,
   * more than the one it adds, so that all of them go in time and no request has to wait for very many.
   */
  async holdEmail(id: string, nextKey: string, seconds: number): Promise<void> {
    await this.database.query(
      `DELETE FROM held_emails WHERE email_key = ANY (ARRAY(
         SELECT email_key FROM held_emails WHERE held_until <= now() ORDER BY held_until LIMIT ${ENDED_HOLDS} FOR UPDATE SKIP LOCKED))`,
    );
    await this.database.query('DELETE FROM held_emails WHERE user_id = $1 AND email_key = $2', [id, nextKey]);
    await this.database.query(
      `INSERT INTO held_emails (email_key, user_id, held_until)
       SELECT email_key, id, now() + make_interval(secs => $3) FROM users
       WHERE id = $1 AND email_key <> $2 AND email_verified_at IS NOT NULL
       ON CONFLICT (email_key) DO UPDATE SET user_id = excluded.user_id, held_until = excluded.held_until`,
      [id, nextKey, seconds],
    );
  }

  /**
   * Sets another address; false when there is no such account that can act.
   * @throws EmailTakenError, also when it is held for another account
   */
  changeEmail(id: string, { stored, key }: Identifier, proven: boolean): Promise<boolean> {
    return this.edit(
      `UPDATE users SET email = $2, email_key = $3, email_verified_at = CASE WHEN $4::boolean THEN now() END,
         recovery_email = CASE WHEN $4::boolean THEN NULL WHEN email_verified_at IS NULL THEN recovery_email ELSE email END,
         updated_at = now(), version = version + 1
       WHERE id = $1 AND disabled_at IS NULL RETURNING id`,
      [id, stored, key, proven],
    );
  }

  /** Sets another number, or none; the proof goes unless it is the same one. @throws MobileTakenError */
  changeMobile(id: string, mobile: Identifier | null): Promise<boolean> {
    return this.edit(
      `UPDATE users SET mobile = $2, mobile_key = $3,
         mobile_verified_at = CASE WHEN mobile_key IS NOT DISTINCT FROM $3 THEN mobile_verified_at END,
         updated_at = now(), version = version + 1
       WHERE id = $1 RETURNING id`,
      [id, mobile?.stored ?? null, mobile?.key ?? null],
    );
  }

  /**
   * Takes away a number that nobody has proven, if the account's address was proven in this very transaction (`now()` is when that
   * began) and never before.
   */
  async removeMobileFromBeforeProof(id: string): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE users SET mobile = NULL, mobile_key = NULL, updated_at = now(), version = version + 1
       WHERE id = $1 AND email_verified_at = now() AND mobile IS NOT NULL AND mobile_verified_at IS NULL RETURNING id`,
      [id],
    );
    return rows.length > 0;
  }

  /** Makes a number the account's, and proven. @throws MobileTakenError */
  proveMobile(id: string, mobileKey: string): Promise<boolean> {
    return this.edit(
      `UPDATE users SET mobile = CASE WHEN mobile_key = $2 THEN mobile ELSE $2 END, mobile_key = $2, mobile_verified_at = now(),
         updated_at = now(), version = version + 1
       WHERE id = $1 AND disabled_at IS NULL RETURNING id`,
      [id, mobileKey],
    );
  }

  private async edit(sql: string, values: readonly unknown[]): Promise<boolean> {
    try {
      return (await this.database.query(sql, values)).length > 0;
    } catch (error) {
      throw takenError(error);
    }
  }
}
