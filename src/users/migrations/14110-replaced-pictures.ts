import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The files of replaced pictures stay for a day, for a database that goes back; an account that is deleted takes them along. */
export class ReplacedPictures9014110000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE users ADD COLUMN replaced_avatars text[]`);
    await runner.query(
      `COMMENT ON COLUMN users.replaced_avatars IS 'Names of pictures that it had before, the latest first; the files of the latest are still there.'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE users DROP COLUMN replaced_avatars`);
  }
}
