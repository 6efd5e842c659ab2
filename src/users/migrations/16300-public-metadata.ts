import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What administrators say of an account, apart from `metadata`, which its owner can write. */
export class PublicMetadata9016300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE users ADD COLUMN public_metadata jsonb NOT NULL DEFAULT '{}'`);
    await runner.query(
      `COMMENT ON COLUMN users.public_metadata IS 'A JSON object that only administrators write; CLAIMS_TEMPLATE makes claims of it.'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE users DROP COLUMN public_metadata`);
  }
}
