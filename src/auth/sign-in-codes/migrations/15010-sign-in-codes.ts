import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Codes that sign-ins have asked for, by mail or text message. */
export class SignInCodes9015010000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE sign_in_codes (
      id uuid NOT NULL CONSTRAINT pk_sign_in_codes PRIMARY KEY,
      sign_in_id uuid NOT NULL CONSTRAINT fk_sign_in_codes_sign_in REFERENCES sign_ins (id) ON DELETE CASCADE,
      type text NOT NULL CONSTRAINT ck_sign_in_codes_type CHECK (type IN ('email_code', 'sms_code')),
      user_id uuid CONSTRAINT fk_sign_in_codes_user REFERENCES users (id) ON DELETE CASCADE,
      epoch integer,
      address text,
      return_to text,
      secret_id text NOT NULL,
      code_mac bytea NOT NULL,
      code_digits smallint NOT NULL,
      tries integer NOT NULL DEFAULT 0,
      created_at timestamptz NOT NULL DEFAULT now(),
      expires_at timestamptz NOT NULL,
      consumed_at timestamptz,
      superseded_at timestamptz)`);
    await runner.query(`CREATE INDEX ix_sign_in_codes_sign_in ON sign_in_codes (sign_in_id)`);
    await runner.query(`CREATE INDEX ix_sign_in_codes_user ON sign_in_codes (user_id) WHERE user_id IS NOT NULL`);
    await runner.query(`CREATE INDEX ix_sign_in_codes_address ON sign_in_codes (address) WHERE address IS NOT NULL`);
    await runner.query(`COMMENT ON COLUMN sign_in_codes.user_id IS 'Null: the code makes an account, or nothing was sent.'`);
    await runner.query(`COMMENT ON COLUMN sign_in_codes.address IS 'Null: nothing was sent, and no code is right.'`);
    await runner.query(`COMMENT ON COLUMN sign_in_codes.epoch IS 'users.session_epoch of when the code was sent.'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE sign_in_codes`);
  }
}
