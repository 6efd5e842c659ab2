import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndexConcurrently } from '../../database/concurrent-index.js';

/** Finds the account that a proven number recovers. Apart from the column, whose migration would keep everybody out of `users` meanwhile. */
export class RecoveryNumbers9013600000000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await createIndexConcurrently(runner, 'ix_users_recovery_mobile', 'ON users (recovery_mobile) WHERE recovery_mobile IS NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX ix_users_recovery_mobile`);
  }
}
