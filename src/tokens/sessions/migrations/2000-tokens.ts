import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Creates sessions, signing keys, revocations and one-time challenges. */
export class Tokens2000000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sessions (
        id                uuid        NOT NULL,
        user_id           uuid        NOT NULL,
        client_id         text        NOT NULL,
        counter           integer     NOT NULL DEFAULT 0,
        mints_access      boolean     NOT NULL DEFAULT false,
        ip                text,
        user_agent        text,
        created_at        timestamptz NOT NULL DEFAULT now(),
        last_used_at      timestamptz NOT NULL DEFAULT now(),
        leaf_used_at      timestamptz,
        idle_expires_at   timestamptz NOT NULL,
        expires_at        timestamptz NOT NULL,
        revoked_at        timestamptz,
        revoke_reason     text,
        CONSTRAINT pk_sessions PRIMARY KEY (id),
        CONSTRAINT fk_sessions_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
      )`);
    await runner.query(`COMMENT ON COLUMN sessions.counter IS 'Number of the only refresh token that may still be exchanged.'`);
    await runner.query(
      `COMMENT ON COLUMN sessions.leaf_used_at IS 'When an access token handed out with that refresh token was first seen.'`,
    );
    await runner.query(`CREATE INDEX ix_sessions_user ON sessions (user_id, id) WHERE revoked_at IS NULL`);
    await runner.query(`CREATE INDEX ix_sessions_expires_at ON sessions (expires_at)`);
    await runner.query(`
      CREATE TABLE revocations (
        id         bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
        session_id uuid        NOT NULL,
        revoked_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT pk_revocations PRIMARY KEY (id)
      )`);
    await runner.query(`CREATE INDEX ix_revocations_revoked_at ON revocations (revoked_at)`);
    await runner.query(`
      CREATE TABLE signing_keys (
        id           text        NOT NULL,
        public_jwk   jsonb       NOT NULL,
        private_key  text        NOT NULL,
        created_at   timestamptz NOT NULL DEFAULT now(),
        activated_at timestamptz,
        retired_at   timestamptz,
        CONSTRAINT pk_signing_keys PRIMARY KEY (id)
      )`);
    await runner.query(
      `COMMENT ON TABLE signing_keys IS 'next: not activated; current: the last activated; previous: activated before; retired: not published any more'`,
    );
    await runner.query(`
      CREATE TABLE challenges (
        id            uuid        NOT NULL,
        user_id       uuid        NOT NULL,
        purpose       text        NOT NULL,
        address       text        NOT NULL,
        secret_id     text        NOT NULL,
        code_mac      bytea       NOT NULL,
        tries         integer     NOT NULL DEFAULT 0,
        created_at    timestamptz NOT NULL DEFAULT now(),
        expires_at    timestamptz NOT NULL,
        consumed_at   timestamptz,
        superseded_at timestamptz,
        CONSTRAINT pk_challenges PRIMARY KEY (id),
        CONSTRAINT fk_challenges_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX uq_challenges_open ON challenges (user_id, purpose) WHERE consumed_at IS NULL AND superseded_at IS NULL`,
    );
    await runner.query(`CREATE INDEX ix_challenges_expires_at ON challenges (expires_at)`);
    await runner.query(`
      CREATE TABLE challenge_tallies (
        user_id uuid    NOT NULL,
        purpose text    NOT NULL,
        day     date    NOT NULL,
        tries   integer NOT NULL,
        CONSTRAINT pk_challenge_tallies PRIMARY KEY (user_id, purpose),
        CONSTRAINT fk_challenge_tallies_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
      )`);
    await runner.query(
      `COMMENT ON TABLE challenge_tallies IS 'Wrong codes per account, purpose and UTC day; a new code does not start them anew.'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE challenge_tallies, challenges, signing_keys, revocations, sessions`);
  }
}
