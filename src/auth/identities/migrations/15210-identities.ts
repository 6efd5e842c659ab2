import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts at providers that sign in to accounts here. */
export class Identities9015210000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE identities (
      id uuid NOT NULL CONSTRAINT pk_identities PRIMARY KEY,
      user_id uuid NOT NULL CONSTRAINT fk_identities_user REFERENCES users (id) ON DELETE CASCADE,
      provider_id uuid NOT NULL CONSTRAINT fk_identities_provider REFERENCES providers (id),
      issuer text COLLATE "C" NOT NULL,
      subject text COLLATE "C" NOT NULL,
      email text,
      email_verified boolean NOT NULL,
      profile jsonb NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      last_used_at timestamptz,
      CONSTRAINT uq_identities_subject UNIQUE (provider_id, issuer, subject))`);
    await runner.query(`CREATE INDEX ix_identities_user ON identities (user_id)`);
    await runner.query(`COMMENT ON COLUMN identities.email IS 'What the provider told last; nobody is found by it.'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE identities`);
  }
}
