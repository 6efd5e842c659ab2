import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Browsers that are at a provider. */
export class ProviderRequests9015230000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE provider_requests (
      id uuid NOT NULL CONSTRAINT pk_provider_requests PRIMARY KEY,
      state_mac bytea NOT NULL CONSTRAINT uq_provider_requests_state UNIQUE,
      browser_mac bytea NOT NULL,
      provider_id uuid NOT NULL CONSTRAINT fk_provider_requests_provider REFERENCES providers (id) ON DELETE CASCADE,
      bound_to uuid NOT NULL,
      link jsonb,
      sealed text NOT NULL,
      return_to text NOT NULL,
      expires_at timestamptz NOT NULL)`);
    await runner.query(`CREATE INDEX ix_provider_requests_bound_to ON provider_requests (bound_to, id)`);
    await runner.query(`CREATE INDEX ix_provider_requests_expires_at ON provider_requests (expires_at)`);
    await runner.query(`COMMENT ON COLUMN provider_requests.bound_to IS 'The sign-in that asks, or the session that links.'`);
    await runner.query(`COMMENT ON COLUMN provider_requests.link IS 'For a link: the account, its epoch and the level of its session.'`);
    await runner.query(`COMMENT ON COLUMN provider_requests.sealed IS 'State, nonce and PKCE verifier, encrypted.'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE provider_requests`);
  }
}
