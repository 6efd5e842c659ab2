import { Injectable } from '@nestjs/common';
import { In, IsNull } from 'typeorm';
import { newId } from '../../common/ids.js';
import { NOW } from '../../database/conditions.js';
import { DatabaseService } from '../../database/database.service.js';
import { RecoveryCode } from './recovery-code.entity.js';

/** What is told of a recovery code. */
export type StoredRecoveryCode = Pick<RecoveryCode, 'id' | 'keyId' | 'createdAt' | 'usedAt'>;

/** A recovery code of an account that moves here, with the key that its HMAC was made under. Times are RFC 3339. */
export interface MovedRecoveryCode {
  userId: string;
  mac: Buffer;
  keyId: string;
  createdAt: string | null;
  usedAt: string | null;
}

/** The rows of recovery codes. A code is only kept as an HMAC. */
@Injectable()
export class RecoveryCodesRepository {
  constructor(private readonly database: DatabaseService) {}

  /** All of the account's, used ones too. */
  findAll(userId: string): Promise<StoredRecoveryCode[]> {
    return this.codes.find({ select: { id: true, keyId: true, createdAt: true, usedAt: true }, where: { userId }, order: { id: 'ASC' } });
  }

  /** Replaces all codes of an account. @param keyId the key under which these HMACs were made @returns the id of one of them */
  async replace(userId: string, macs: readonly Buffer[], keyId: string): Promise<string> {
    const generation = ((await this.codes.maximum('generation', { userId })) ?? 0) + 1;
    await this.removeAll(userId);
    const id = newId();
    await this.codes.insert(macs.map((mac, at) => ({ id: at === 0 ? id : newId(), userId, generation, mac, keyId })));
    return id;
  }

  /**
   * Uses up the code that has one of these HMACs.
   * @returns false when there is no such code, or it was used before
   */
  async use(userId: string, macs: readonly Buffer[]): Promise<boolean> {
    const { affected } = await this.codes.update({ userId, usedAt: IsNull(), mac: In([...macs]) }, { usedAt: NOW });
    return affected !== 0;
  }

  /** How many were not used, by the key under which they were made; null stands for rows that are older than that column. */
  async countUnused(userId: string): Promise<{ keyId: string | null; count: number }[]> {
    const sql = `SELECT key_id AS "keyId", count(*)::int AS count FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL GROUP BY key_id`;
    return this.database.named<{ keyId: string | null; count: number }>('recovery-codes-unused', sql, [userId]);
  }

  /** All of several accounts, used ones too. */
  findAllOf(userIds: readonly string[]): Promise<RecoveryCode[]> {
    return this.codes.find({ where: { userId: In([...userIds]) }, order: { id: 'ASC' } });
  }

  /** Stores codes of accounts that were just imported; joins the caller's transaction. */
  async insertMoved(moved: readonly MovedRecoveryCode[]): Promise<void> {
    await this.database.query(
      `INSERT INTO recovery_codes (id, user_id, generation, mac, key_id, created_at, used_at)
       SELECT id, "userId", 1, decode(mac, 'hex'), "keyId", coalesce("createdAt", now()), "usedAt"
       FROM jsonb_to_recordset($1::jsonb) AS r(id uuid, "userId" uuid, mac text, "keyId" text, "createdAt" timestamptz, "usedAt" timestamptz)`,
      [JSON.stringify(moved.map((code) => ({ ...code, id: newId(), mac: code.mac.toString('hex') })))],
    );
  }

  /** Removes the codes of the account that were made together with this one. @returns whether there were any */
  async removeMadeWith(userId: string, id: string): Promise<boolean> {
    const { affected } = await this.codes
      .createQueryBuilder()
      .delete()
      .where(
        'user_id = :userId AND generation = (SELECT made.generation FROM recovery_codes made WHERE made.id = :id AND made.user_id = :userId)',
        {
          userId,
          id,
        },
      )
      .execute();
    return (affected ?? 0) > 0;
  }

  async removeAll(userId: string): Promise<void> {
    await this.codes.delete({ userId });
  }

  private get codes() {
    return this.database.repo(RecoveryCode);
  }
}
