import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the picture of an account. */
export class Avatars8000000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE users ADD COLUMN avatar text`);
    await runner.query(
      `COMMENT ON COLUMN users.avatar IS 'Name of the stored picture, made from its content; accounts with the same picture share it.'`,
    );
    await runner.query(`CREATE INDEX ix_users_avatar ON users (avatar) WHERE avatar IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE users DROP COLUMN avatar`);
  }
}
