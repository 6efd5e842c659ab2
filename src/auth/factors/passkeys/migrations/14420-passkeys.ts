import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Passkeys of accounts, the ids by which authenticators know accounts, and the questions that wait for a passkey. */
export class Passkeys9014420000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE passkeys (
      authenticator_id uuid NOT NULL CONSTRAINT pk_passkeys PRIMARY KEY
        CONSTRAINT fk_passkeys_authenticator REFERENCES authenticators (id) ON DELETE CASCADE,
      credential_id bytea NOT NULL CONSTRAINT uq_passkeys_credential UNIQUE,
      public_key bytea NOT NULL,
      sign_count bigint NOT NULL,
      aaguid uuid NOT NULL,
      transports text[] NOT NULL,
      backup_eligible boolean NOT NULL,
      backed_up boolean NOT NULL,
      uv_initialized boolean NOT NULL)`);
    await runner.query(`COMMENT ON COLUMN passkeys.public_key IS 'COSE key (RFC 9052 section 7).'`);
    await runner.query(`COMMENT ON COLUMN passkeys.sign_count IS 'Signature counter of the last use; 0 where the authenticator has none.'`);
    await runner.query(`COMMENT ON COLUMN passkeys.uv_initialized IS 'Whether its authenticator has verified its user.'`);
    // A table of its own: an index on users would be built while nobody can write to that table.
    await runner.query(`CREATE TABLE webauthn_handles (
      user_id uuid NOT NULL CONSTRAINT pk_webauthn_handles PRIMARY KEY
        CONSTRAINT fk_webauthn_handles_user REFERENCES users (id) ON DELETE CASCADE,
      handle bytea NOT NULL CONSTRAINT uq_webauthn_handles_handle UNIQUE)`);
    await runner.query(
      `COMMENT ON TABLE webauthn_handles IS 'The user.id by which authenticators know an account: random, not derived from it.'`,
    );
    await runner.query(`CREATE TABLE webauthn_challenges (
      id uuid NOT NULL CONSTRAINT pk_webauthn_challenges PRIMARY KEY,
      challenge bytea NOT NULL CONSTRAINT uq_webauthn_challenges_challenge UNIQUE,
      act text NOT NULL CONSTRAINT ck_webauthn_challenges_act CHECK (act IN ('create', 'get')),
      bound_to uuid NOT NULL,
      expires_at timestamptz NOT NULL)`);
    await runner.query(`CREATE INDEX ix_webauthn_challenges_bound_to ON webauthn_challenges (bound_to, id)`);
    await runner.query(`CREATE INDEX ix_webauthn_challenges_expires_at ON webauthn_challenges (expires_at)`);
    await runner.query(`COMMENT ON COLUMN webauthn_challenges.bound_to IS 'The sign-in that asks, or the session that registers.'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE webauthn_challenges`);
    await runner.query(`DROP TABLE webauthn_handles`);
    await runner.query(`DROP TABLE passkeys`);
  }
}
