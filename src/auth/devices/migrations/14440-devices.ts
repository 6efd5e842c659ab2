import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Browsers that skip the second factor for a while. */
export class Devices9014440000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE devices (
      id uuid NOT NULL CONSTRAINT pk_devices PRIMARY KEY,
      user_id uuid NOT NULL CONSTRAINT fk_devices_user REFERENCES users (id) ON DELETE CASCADE,
      token_mac bytea NOT NULL CONSTRAINT uq_devices_token UNIQUE,
      epoch integer NOT NULL,
      user_agent text,
      ip text,
      created_at timestamptz NOT NULL DEFAULT now(),
      last_used_at timestamptz NOT NULL DEFAULT now(),
      trusted_until timestamptz NOT NULL)`);
    await runner.query(`CREATE INDEX ix_devices_user ON devices (user_id, id)`);
    await runner.query(`CREATE INDEX ix_devices_trusted_until ON devices (trusted_until)`);
    await runner.query(
      `COMMENT ON COLUMN devices.epoch IS 'users.session_epoch of when it was remembered: what ends all sessions ends it.'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE devices`);
  }
}
