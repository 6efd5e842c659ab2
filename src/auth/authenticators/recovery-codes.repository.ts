import { Injectable } from '@nestjs/common';
import { newId } from '../../common/ids.js';
import { DatabaseService } from '../../database/database.service.js';

/** What is told of a recovery code. */
export interface StoredRecoveryCode {
  id: string;
  createdAt: Date;
  usedAt: Date | null;
}

/** The rows of recovery codes. A code is only kept as an HMAC. */
@Injectable()
export class RecoveryCodesRepository {
  constructor(private readonly database: DatabaseService) {}

  /** All of the account's, used ones too. */
  findAll(userId: string): Promise<StoredRecoveryCode[]> {
    return this.database.query(
      `SELECT id, created_at AS "createdAt", used_at AS "usedAt" FROM recovery_codes WHERE user_id = $1 ORDER BY id`,
      [userId],
    );
  }

  /** Replaces all codes of an account. */
  async replace(userId: string, macs: readonly Buffer[]): Promise<void> {
    const [last] = await this.database.query<{ generation: number }>(
      'SELECT max(generation) AS generation FROM recovery_codes WHERE user_id = $1',
      [userId],
    );
    await this.removeAll(userId);
    await this.database.query(
      `INSERT INTO recovery_codes (id, user_id, generation, mac)
       SELECT id, $1, $2, mac FROM unnest($3::uuid[], $4::bytea[]) AS made (id, mac)`,
      [userId, (last?.generation ?? 0) + 1, macs.map(() => newId()), macs],
    );
  }

  /**
   * Uses up the code that has one of these HMACs.
   * @returns how many are left; null when there is no such code, or it was used before
   */
  async use(userId: string, macs: readonly Buffer[]): Promise<number | null> {
    const used = await this.database.query(
      'UPDATE recovery_codes SET used_at = now() WHERE user_id = $1 AND used_at IS NULL AND mac = ANY ($2::bytea[]) RETURNING id',
      [userId, macs],
    );
    return used.length === 0 ? null : this.countLeft(userId);
  }

  async countLeft(userId: string): Promise<number> {
    const [row] = await this.database.query<{ left: number }>(
      'SELECT count(*)::int AS left FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL',
      [userId],
    );
    return row?.left ?? 0;
  }

  async removeAll(userId: string): Promise<void> {
    await this.database.query('DELETE FROM recovery_codes WHERE user_id = $1', [userId]);
  }
}
