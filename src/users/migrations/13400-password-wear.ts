import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tells a password of which too many wrong ones were tried from one that somebody put an end to. */
export class PasswordWear9013400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE users ADD COLUMN password_worn_at timestamptz`);
    await runner.query(
      `COMMENT ON COLUMN users.password_worn_at IS 'When a hundred wrong passwords in a row were reached; null for a lock with another reason.'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE users DROP COLUMN password_worn_at`);
  }
}
