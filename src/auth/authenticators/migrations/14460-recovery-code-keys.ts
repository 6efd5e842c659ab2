import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Under which `APP_SECRET` a recovery code was made: without that secret nobody can check it any more. */
export class RecoveryCodeKeys9014460000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE recovery_codes ADD COLUMN key_id text`);
    await runner.query(`COMMENT ON COLUMN recovery_codes.key_id IS 'Id of the root secret under which mac was made; null in older rows.'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE recovery_codes DROP COLUMN key_id`);
  }
}
