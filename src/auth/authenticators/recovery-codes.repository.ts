import { Injectable } from '@nestjs/common';
import { In, IsNull } from 'typeorm';
import { newId } from '../../common/ids.js';
import { NOW } from '../../database/conditions.js';
import { DatabaseService } from '../../database/database.service.js';
import { RecoveryCode } from './recovery-code.entity.js';

/** What is told of a recovery code. */
export type StoredRecoveryCode = Pick<RecoveryCode, 'id' | 'createdAt' | 'usedAt'>;

/** The rows of recovery codes. A code is only kept as an HMAC. */
@Injectable()
export class RecoveryCodesRepository {
  constructor(private readonly database: DatabaseService) {}

  /** All of the account's, used ones too. */
  findAll(userId: string): Promise<StoredRecoveryCode[]> {
    return this.codes.find({ select: { id: true, createdAt: true, usedAt: true }, where: { userId }, order: { id: 'ASC' } });
  }

  /** Replaces all codes of an account. */
  async replace(userId: string, macs: readonly Buffer[]): Promise<void> {
    const generation = ((await this.codes.maximum('generation', { userId })) ?? 0) + 1;
    await this.removeAll(userId);
    await this.codes.insert(macs.map((mac) => ({ id: newId(), userId, generation, mac })));
  }

  /**
   * Uses up the code that has one of these HMACs.
   * @returns how many are left; null when there is no such code, or it was used before
   */
  async use(userId: string, macs: readonly Buffer[]): Promise<number | null> {
    const { affected } = await this.codes.update({ userId, usedAt: IsNull(), mac: In([...macs]) }, { usedAt: NOW });
    return affected === 0 ? null : this.countLeft(userId);
  }

  async countLeft(userId: string): Promise<number> {
    const sql = 'SELECT count(*)::int AS left FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL';
    const [row] = await this.database.named<{ left: number }>('recovery-codes-left', sql, [userId]);
    return row?.left ?? 0;
  }

  async removeAll(userId: string): Promise<void> {
    await this.codes.delete({ userId });
  }

  private get codes() {
    return this.database.repo(RecoveryCode);
  }
}
