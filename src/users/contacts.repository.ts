import { Injectable } from '@nestjs/common';
import { type FindOptionsWhere, IsNull, Not, type QueryDeepPartialEntity } from 'typeorm';
import { NOW, inFuture } from '../database/conditions.js';
import { DatabaseService } from '../database/database.service.js';
import type { ContactProof, HeldEmail } from './account.js';
import { StoredHold } from './held-email.entity.js';
import type { Identifier } from './identifiers.js';
import { User } from './user.entity.js';
import { takenError } from './errors.js';

/** Holds that have ended and are forgotten along with each change of an address. */
const ENDED_HOLDS = 100;

/** SQL: what stays where the number is the account's already, and what there is otherwise. */
const UNLESS_SAME = (same: string, other: string): string => `CASE WHEN mobile_key = :key THEN ${same} ELSE ${other} END`;

/** SQL: the number that the owner has proven last, if there is one. */
const FORMER_MOBILE = 'coalesce(recovery_mobile, CASE WHEN mobile_verified_at IS NOT NULL AND NOT mobile_claimed THEN mobile_key END)';

/** The same of the address. What only its reader has proven is no way back: a thief may have put it there. */
const FORMER_EMAIL = 'coalesce(recovery_email, CASE WHEN email_verified_at IS NOT NULL AND NOT email_claimed THEN email END)';

/** The e-mail addresses and mobile numbers of accounts, and who can go back to which address. */
@Injectable()
export class ContactsRepository {
  constructor(private readonly database: DatabaseService) {}

  /** The account whose recovery address this is; of several the one that was edited last. */
  findByRecoveryEmail(key: string): Promise<User | null> {
    return this.users
      .createQueryBuilder('user')
      .where('user.recoveryEmail IS NOT NULL AND lower(user.recoveryEmail) = :key', { key })
      .orderBy('user.updatedAt', 'DESC')
      .limit(1)
      .getOne();
  }

  /** The account whose recovery number this is; of several the one that was edited last. */
  findByRecoveryMobile(key: string): Promise<User | null> {
    return this.users.findOne({ where: { recoveryMobile: key }, order: { updatedAt: 'DESC' } });
  }

  /** Marks the address verified if it is still the account's. */
  markEmailVerified(id: string, emailKey: string, proof: ContactProof): Promise<boolean> {
    return this.edit(
      { id, emailKey, disabledAt: IsNull() },
      {
        emailVerifiedAt: () => 'coalesce(email_verified_at, now())',
        ...(proof === 'by-owner' && { emailClaimed: false, recoveryEmail: null }),
      },
    );
  }

  /** Takes back all ways to former addresses. */
  async releaseHolds(id: string): Promise<void> {
    await this.holds.delete({ userId: id });
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
       WHERE id = $1 AND email_key <> $2 AND email_verified_at IS NOT NULL AND NOT email_claimed
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
        emailClaimed: !proven,
        recoveryEmail: proven ? null : () => FORMER_EMAIL,
      },
    );
  }

  /**
   * Sets another number; the proof goes unless it is the same one, and a proven one stays the recovery number.
   * @param signsIn whether the account can be found by it: not while another one has registered with the number
   * @throws MobileTakenError
   */
  changeMobile(id: string, { stored, key }: Identifier, signsIn: boolean): Promise<boolean> {
    return this.edit(
      { id },
      {
        mobile: stored,
        mobileKey: signsIn ? key : null,
        mobileVerifiedAt: () => 'CASE WHEN mobile_key = :key THEN mobile_verified_at END',
        mobileClaimed: () => UNLESS_SAME('mobile_claimed', 'true'),
        recoveryMobile: () => UNLESS_SAME('recovery_mobile', FORMER_MOBILE),
      },
      { key },
    );
  }

  /** Takes the number away, proven or not, and the one before it; false when there is none. */
  removeMobile(id: string): Promise<boolean> {
    return this.edit(
      { id, mobile: Not(IsNull()) },
      { mobile: null, mobileKey: null, mobileVerifiedAt: null, mobileClaimed: false, recoveryMobile: null },
    );
  }

  /** Takes the address away, and the one before it; false when there is none. */
  removeEmail(id: string): Promise<boolean> {
    return this.edit(
      { id, email: Not(IsNull()) },
      { email: null, emailKey: null, emailVerifiedAt: null, emailClaimed: false, recoveryEmail: null },
    );
  }

  /** Makes a number the account's, and proven. @throws MobileTakenError */
  proveMobile(id: string, key: string, proof: ContactProof): Promise<boolean> {
    const standing: QueryDeepPartialEntity<User> =
      proof === 'by-owner'
        ? { mobileClaimed: false, recoveryMobile: null }
        : {
            mobileClaimed: () => UNLESS_SAME('mobile_claimed', 'true'),
            recoveryMobile: () => UNLESS_SAME('recovery_mobile', FORMER_MOBILE),
          };
    const mobile = (): string => UNLESS_SAME('mobile', ':key');
    return this.edit({ id, disabledAt: IsNull() }, { mobile, mobileKey: key, mobileVerifiedAt: NOW, ...standing }, { key });
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
