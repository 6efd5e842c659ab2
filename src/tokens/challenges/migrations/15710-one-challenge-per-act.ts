import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndexConcurrently, dropIndexConcurrently } from '../../../database/concurrent-index.js';

const OPEN = 'consumed_at IS NULL AND superseded_at IS NULL';

/** Each act that a mail tells of has an open link of its own, so the index that allows one per account and purpose leaves them out. */
export class OneChallengePerAct9015710000000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await createIndexConcurrently(
      runner,
      'uq_challenges_open_one',
      `ON challenges (user_id, purpose) WHERE ${OPEN} AND purpose NOT IN ('undo-email-change', 'disavow')`,
      'UNIQUE ',
    );
    await dropIndexConcurrently(runner, 'uq_challenges_open');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM challenges WHERE purpose = 'disavow'`);
    await runner.query(
      `CREATE UNIQUE INDEX uq_challenges_open ON challenges (user_id, purpose) WHERE ${OPEN} AND purpose <> 'undo-email-change'`,
    );
    await runner.query(`DROP INDEX uq_challenges_open_one`);
  }
}
