import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The page behind a link keeps what the API promises through which the link was asked for. */
export class ChallengeClients9013520000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE challenges ADD COLUMN client_id text`);
    await runner.query(
      `COMMENT ON COLUMN challenges.client_id IS 'The contract through which code and link were asked for; null for the API of the core.'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE challenges DROP COLUMN client_id`);
  }
}
