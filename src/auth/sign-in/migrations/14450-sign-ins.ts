import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Authentications that are under way. */
export class SignIns9014450000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE sign_ins (
      id uuid NOT NULL CONSTRAINT pk_sign_ins PRIMARY KEY,
      secret_mac bytea NOT NULL,
      purpose text NOT NULL CONSTRAINT ck_sign_ins_purpose CHECK (purpose IN ('sign_in', 'step_up')),
      mode text NOT NULL CONSTRAINT ck_sign_ins_mode CHECK (mode IN ('tokens', 'cookie')),
      identifier text,
      user_id uuid CONSTRAINT fk_sign_ins_user REFERENCES users (id) ON DELETE CASCADE,
      session_id uuid,
      epoch integer,
      required_aal smallint NOT NULL DEFAULT 1,
      passed jsonb NOT NULL DEFAULT '[]',
      new_password boolean NOT NULL DEFAULT false,
      trust_device boolean NOT NULL DEFAULT false,
      device_id uuid,
      return_to text,
      tries integer NOT NULL DEFAULT 0,
      ip text,
      user_agent text,
      created_at timestamptz NOT NULL DEFAULT now(),
      expires_at timestamptz NOT NULL,
      completed_at timestamptz,
      version integer NOT NULL DEFAULT 1)`);
    await runner.query(`CREATE INDEX ix_sign_ins_expires_at ON sign_ins (expires_at)`);
    await runner.query(`CREATE INDEX ix_sign_ins_user ON sign_ins (user_id) WHERE user_id IS NOT NULL`);
    await runner.query(`COMMENT ON COLUMN sign_ins.epoch IS 'users.session_epoch of when the first factor passed.'`);
    await runner.query(`COMMENT ON COLUMN sign_ins.device_id IS 'The remembered device that skips the second factor.'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE sign_ins`);
  }
}
