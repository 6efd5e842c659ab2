import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Passkeys of other systems come without the flag that says whether they may be copied; their first use tells it. */
export class MovedPasskeys9014470000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE passkeys ADD COLUMN backup_known boolean NOT NULL DEFAULT true`);
    await runner.query(
      `COMMENT ON COLUMN passkeys.backup_known IS 'Whether backup_eligible is known; else the first use of the passkey tells it.'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE passkeys DROP COLUMN backup_known`);
  }
}
