import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndexConcurrently } from '../../../database/concurrent-index.js';

/** The sessions of an account that have not ended are counted at every sign-in; without this index ended ones were read along. */
export class LiveSessions9013210000000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await createIndexConcurrently(runner, 'ix_sessions_live', 'ON sessions (user_id, id) WHERE revoked_at IS NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX ix_sessions_live`);
  }
}
