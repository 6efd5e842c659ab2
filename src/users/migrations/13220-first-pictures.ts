import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A picture without a token is for accounts whose contract promises it, not for every new account. */
export class FirstPictures9013220000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE users ADD COLUMN first_picture_until timestamptz`);
    await runner.query(
      `COMMENT ON COLUMN users.first_picture_until IS 'Until when a first picture is taken without a token; null for never.'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE users DROP COLUMN first_picture_until`);
  }
}
