import { Injectable } from '@nestjs/common';
import { IsNull, Not } from 'typeorm';
import { DatabaseService } from '../../database/database.service.js';
import { Authenticator } from './authenticator.entity.js';

/** The rows of authenticators. Whatever changes which are confirmed also brings `users.factors` up to date. */
@Injectable()
export class AuthenticatorsRepository {
  constructor(private readonly database: DatabaseService) {}

  /** The account's confirmed ones, the oldest first. */
  findConfirmed(userId: string): Promise<Authenticator[]> {
    return this.authenticators.find({ where: { userId, confirmedAt: Not(IsNull()) }, order: { id: 'ASC' } });
  }

  /** One of the account's, confirmed or not; null for another account's. */
  findOne(userId: string, id: string): Promise<Authenticator | null> {
    return this.authenticators.findOneBy({ userId, id });
  }

  async insert(authenticator: Pick<Authenticator, 'id' | 'userId' | 'type' | 'name' | 'secret' | 'confirmedAt'>): Promise<void> {
    await this.authenticators.insert(authenticator);
    if (authenticator.confirmedAt !== null) await this.tellAccount(authenticator.userId);
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
    await this.database.query(
      `DELETE FROM authenticators WHERE user_id = $1 AND confirmed_at IS NULL AND created_at < now() - make_interval(secs => $2)`,
      [userId, olderThanSeconds],
    );
  }

  async removeRecoveryCodes(userId: string): Promise<void> {
    await this.database.query('DELETE FROM recovery_codes WHERE user_id = $1', [userId]);
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
