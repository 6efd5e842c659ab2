import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A challenge may be about an act beside its address: the link "This wasn't me" in the mail that tells of the act. */
export class BoundChallenges9015700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE challenges ADD COLUMN bound jsonb`);
    await runner.query(
      `COMMENT ON COLUMN challenges.bound IS 'What code and link are about beside the address; of disavow: the mail, what the link undoes, and whether all else is settled.'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE challenges DROP COLUMN bound`);
  }
}
