import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a sign-in has to know of an account's factors, beside the account: it reads no other table. */
export class Factors9014300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE users ADD COLUMN mfa_required_at timestamptz, ADD COLUMN factors text[] NOT NULL DEFAULT '{}'`);
    await runner.query(`COMMENT ON COLUMN users.mfa_required_at IS 'Since when its owner wants a second factor at every sign-in.'`);
    await runner.query(`COMMENT ON COLUMN users.factors IS 'Kinds of the confirmed rows in authenticators, each once.'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE users DROP COLUMN mfa_required_at, DROP COLUMN factors`);
  }
}
