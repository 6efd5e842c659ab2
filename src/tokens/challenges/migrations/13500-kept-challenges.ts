import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A challenge may keep an earlier one beside it: a sign-up's mail that comes late has a code that still works. */
export class KeptChallenges9013500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // No foreign key: the earlier one is purged first, and an id that names nothing does no harm.
    await runner.query(`ALTER TABLE challenges ADD COLUMN beside uuid`);
    await runner.query(
      `COMMENT ON COLUMN challenges.beside IS 'An earlier one that stays good, although it was superseded, for as long as this one is open.'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE challenges DROP COLUMN beside`);
  }
}
