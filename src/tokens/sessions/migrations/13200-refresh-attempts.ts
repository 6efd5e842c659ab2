import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When a refresh token was exchanged, and by which attempt: both say whether its predecessor is still answered. */
export class RefreshAttempts9013200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE sessions ADD COLUMN rotated_at timestamptz, ADD COLUMN attempt_mac bytea`);
    await runner.query(
      `COMMENT ON COLUMN sessions.rotated_at IS 'When the latest refresh token was handed out; null before the first exchange.'`,
    );
    await runner.query(
      `COMMENT ON COLUMN sessions.attempt_mac IS 'Keyed HMAC of the key by which the client named that exchange; null without one.'`,
    );
    // The column stays for servers of the version before, which write it while they are replaced.
    await runner.query(`COMMENT ON COLUMN sessions.leaf_used_at IS 'Not used any more.'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE sessions DROP COLUMN rotated_at, DROP COLUMN attempt_mac`);
    await runner.query(
      `COMMENT ON COLUMN sessions.leaf_used_at IS 'When an access token handed out with that refresh token was first seen.'`,
    );
  }
}
