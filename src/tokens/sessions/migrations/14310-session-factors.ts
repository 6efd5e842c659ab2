import type { MigrationInterface, QueryRunner } from 'typeorm';

/** By which authenticators, and on which device, a session was opened. */
export class SessionFactors9014310000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE sessions
      ADD COLUMN factor_ids uuid[] NOT NULL DEFAULT '{}',
      ADD COLUMN recovered_until timestamptz,
      ADD COLUMN device_id uuid`);
    await runner.query(`COMMENT ON COLUMN sessions.factor_ids IS 'Authenticators that were used for it.'`);
    await runner.query(`COMMENT ON COLUMN sessions.recovered_until IS 'Until when a recovery code stands in for a factor.'`);
    await runner.query(`COMMENT ON COLUMN sessions.device_id IS 'The remembered device that it was opened on.'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE sessions DROP COLUMN factor_ids, DROP COLUMN recovered_until, DROP COLUMN device_id`);
  }
}
