import type { MigrationInterface, QueryRunner } from 'typeorm';

/** By what a session was opened. Those from before were all opened by a password, when they were created. */
export class SessionAssurance9014200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE sessions
      ADD COLUMN aal smallint NOT NULL DEFAULT 1,
      ADD COLUMN amr text[] NOT NULL DEFAULT '{pwd}',
      ADD COLUMN auth_time timestamptz`);
    await runner.query(`COMMENT ON COLUMN sessions.aal IS 'Authenticator assurance level of the proofs that were shown: 1 to 3.'`);
    await runner.query(`COMMENT ON COLUMN sessions.amr IS 'Methods of those proofs (RFC 8176).'`);
    await runner.query(`COMMENT ON COLUMN sessions.auth_time IS 'When somebody last showed a proof; null: when the session was created.'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE sessions DROP COLUMN aal, DROP COLUMN amr, DROP COLUMN auth_time`);
  }
}
