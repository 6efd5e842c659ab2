import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Identity providers. */
export class Providers9015200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE providers (
      id uuid NOT NULL CONSTRAINT pk_providers PRIMARY KEY,
      slug text COLLATE "C" NOT NULL CONSTRAINT uq_providers_slug UNIQUE,
      name text NOT NULL,
      kind text NOT NULL CONSTRAINT ck_providers_kind CHECK (kind IN ('oidc', 'oauth2')),
      preset text,
      issuer text NOT NULL,
      client_id text NOT NULL,
      client_secret text,
      scopes text[] NOT NULL,
      endpoints jsonb,
      apple_key jsonb,
      metadata jsonb,
      metadata_at timestamptz,
      email_trusted boolean NOT NULL DEFAULT false,
      links text NOT NULL DEFAULT 'ask' CONSTRAINT ck_providers_links CHECK (links IN ('never', 'ask', 'auto')),
      sign_ups boolean NOT NULL DEFAULT false,
      acr_map jsonb NOT NULL DEFAULT '{}',
      enabled_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      version integer NOT NULL)`);
    await runner.query(
      `COMMENT ON COLUMN providers.client_secret IS 'Encrypted under APP_SECRET; for Apple the private key that makes secrets.'`,
    );
    await runner.query(`COMMENT ON COLUMN providers.metadata IS 'The discovery document as it was at metadata_at.'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE providers`);
  }
}
