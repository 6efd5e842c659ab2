import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What accounts prove themselves by beside a password. */
export class Authenticators9014400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE authenticators (
      id uuid NOT NULL CONSTRAINT pk_authenticators PRIMARY KEY,
      user_id uuid NOT NULL CONSTRAINT fk_authenticators_user REFERENCES users (id) ON DELETE CASCADE,
      type text NOT NULL CONSTRAINT ck_authenticators_type CHECK (type IN ('totp', 'passkey')),
      name text NOT NULL,
      secret text,
      last_step bigint,
      created_at timestamptz NOT NULL DEFAULT now(),
      confirmed_at timestamptz,
      last_used_at timestamptz)`);
    await runner.query(`CREATE INDEX ix_authenticators_user ON authenticators (user_id, id)`);
    await runner.query(`COMMENT ON COLUMN authenticators.secret IS 'Of a TOTP: its secret, sealed under APP_SECRET.'`);
    await runner.query(`COMMENT ON COLUMN authenticators.last_step IS 'Of a TOTP: the latest time step of which a code was accepted.'`);
    await runner.query(`CREATE TABLE recovery_codes (
      id uuid NOT NULL CONSTRAINT pk_recovery_codes PRIMARY KEY,
      user_id uuid NOT NULL CONSTRAINT fk_recovery_codes_user REFERENCES users (id) ON DELETE CASCADE,
      generation integer NOT NULL,
      mac bytea NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      used_at timestamptz)`);
    await runner.query(`CREATE INDEX ix_recovery_codes_user ON recovery_codes (user_id, generation)`);
    await runner.query(`COMMENT ON COLUMN recovery_codes.mac IS 'Keyed HMAC of the code.'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE recovery_codes`);
    await runner.query(`DROP TABLE authenticators`);
  }
}
