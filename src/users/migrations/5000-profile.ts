import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the apps' `metadata`, and the indexes for exporting and deleting an account. */
export class Profile5000000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE users ADD COLUMN metadata jsonb NOT NULL DEFAULT '{}'`);
    await runner.query(`COMMENT ON COLUMN users.metadata IS 'A JSON object of the app''s own; nothing here reads it.'`);
    // Finds the administrators: under lock before one is removed, and at every start.
    await runner.query(`CREATE INDEX ix_users_admins ON users (id) WHERE 'admin' = ANY (roles)`);
    await runner.query(`CREATE INDEX ix_audit_events_actor ON audit_events (actor_id, id)`);
    // Deleting an account also deletes its ended sessions and used challenges, but the old index covered open sessions only.
    await runner.query(`DROP INDEX ix_sessions_user`);
    await runner.query(`CREATE INDEX ix_sessions_user ON sessions (user_id, id)`);
    await runner.query(`CREATE INDEX ix_challenges_user ON challenges (user_id, id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX ix_challenges_user, ix_sessions_user, ix_audit_events_actor, ix_users_admins`);
    await runner.query(`CREATE INDEX ix_sessions_user ON sessions (user_id, id) WHERE revoked_at IS NULL`);
    await runner.query(`ALTER TABLE users DROP COLUMN metadata`);
  }
}
