import { Injectable } from '@nestjs/common';
import { type FindOptionsWhere, IsNull, Not, type QueryDeepPartialEntity, Raw } from 'typeorm';
import { NOW, inFuture } from '../database/conditions.js';
import { DatabaseService } from '../database/database.service.js';
import type { HeldEmail } from './account.js';
import { StoredHold } from './held-email.entity.js';
import type { Identifier } from './identifiers.js';
import { User } from './user.entity.js';
import { takenError } from './errors.js';

/** Holds that have ended and are forgotten along with each change of an address. */
const ENDED_HOLDS = 100;

/** The e-mail addresses and mobile numbers of accounts, and who can go back to which address. */
@Injectable()
export class ContactsRepository {
  constructor(private readonly database: DatabaseService) {}

  /** The account whose recovery address this is; of several the one that was edited last. */
  findByRecoveryKey(key: string): Promise<User | null> {
    return this.users
      .createQueryBuilder('user')
      .where('user.recoveryEmail IS NOT NULL AND lower(user.recoveryEmail) = :key', { key })
      .orderBy('user.updatedAt', 'DESC')
      .limit(1)
      .getOne();
  }

  /** Marks the address verified if it is still the account's. */
  markEmailVerified(id: string, emailKey: string): Promise<boolean> {
    return this.edit(
      { id, emailKey, disabledAt: IsNull() },
      { emailVerifiedAt: () => 'coalesce(email_verified_at, now())', recoveryEmail: null },
    );
  }

  /** Former addresses that the account can still go back to. */
  findHeldEmails(id: string): Promise<HeldEmail[]> {
    return this.holds.find({ select: { email: true, heldUntil: true }, where: { userId: id }, order: { heldUntil: 'ASC' } });
  }

  /** Whether an account (other than `butFor`) can go back to this address, which it had before. */
  isEmailHeld(emailKey: string, butFor: string | null = null): Promise<boolean> {
    return this.holds.existsBy({ email: emailKey, heldUntil: inFuture(), ...(butFor !== null && { userId: Not(butFor) }) });
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
    await this.holds.delete({ userId: id, email: nextKey });
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
      { id, disabledAt: IsNull() },
      {
        email: stored,
        emailKey: key,
        emailVerifiedAt: proven ? NOW : null,
        recoveryEmail: proven ? null : () => 'CASE WHEN email_verified_at IS NULL THEN recovery_email ELSE email END',
      },
    );
  }

  /** Sets another number, or none; the proof goes unless it is the same one. @throws MobileTakenError */
  changeMobile(id: string, mobile: Identifier | null): Promise<boolean> {
    const [stored, key] = [mobile?.stored ?? null, mobile?.key ?? null];
    const proof = (): string => 'CASE WHEN mobile_key = :key THEN mobile_verified_at END';
    return this.edit({ id }, { mobile: stored, mobileKey: key, mobileVerifiedAt: proof }, { key });
  }

  /**
   * Takes away a number that nobody has proven, if the account's address was proven in this very transaction (`now()` is when that
   * began) and never before.
   */
  removeMobileFromBeforeProof(id: string): Promise<boolean> {
    return this.edit(
      { id, emailVerifiedAt: Raw((time) => `${time} = now()`), mobile: Not(IsNull()), mobileVerifiedAt: IsNull() },
      { mobile: null, mobileKey: null },
    );
  }

  /** Makes a number the account's, and proven. @throws MobileTakenError */
  proveMobile(id: string, mobileKey: string): Promise<boolean> {
    const mobile = (): string => 'CASE WHEN mobile_key = :mobileKey THEN mobile ELSE :mobileKey END';
    return this.edit({ id, disabledAt: IsNull() }, { mobile, mobileKey, mobileVerifiedAt: NOW }, { mobileKey });
  }

  /** Changes a row; `version` and `updated_at` move along. @param values of parameters in SQL among the columns */
  private async edit(
    where: FindOptionsWhere<User>,
    columns: QueryDeepPartialEntity<User>,
    values: Record<string, string | null> = {},
  ): Promise<boolean> {
    try {
      const { affected } = await this.users.createQueryBuilder().update().set(columns).where(where).setParameters(values).execute();
      return affected === 1;
    } catch (error) {
      throw takenError(error);
    }
  }

  private get users() {
    return this.database.repo(User);
  }

  private get holds() {
    return this.database.repo(StoredHold);
  }
}
