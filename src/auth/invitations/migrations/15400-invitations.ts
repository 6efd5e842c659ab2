import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Invitations by administrators; each address has at most one that is open. */
export class Invitations9015400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE invitations (
      id uuid NOT NULL CONSTRAINT pk_invitations PRIMARY KEY,
      email text NOT NULL,
      email_key text NOT NULL,
      role text CONSTRAINT ck_invitations_role CHECK (role IN ('user', 'librarian')),
      invited_by uuid CONSTRAINT fk_invitations_invited_by REFERENCES users (id) ON DELETE SET NULL,
      secret_id text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      expires_at timestamptz NOT NULL,
      revoked_at timestamptz,
      accepted_at timestamptz,
      accepted_by uuid CONSTRAINT fk_invitations_accepted_by REFERENCES users (id) ON DELETE CASCADE)`);
    await runner.query(
      `CREATE UNIQUE INDEX uq_invitations_open ON invitations (email_key) WHERE accepted_at IS NULL AND revoked_at IS NULL`,
    );
    await runner.query(`CREATE INDEX ix_invitations_expires_at ON invitations (expires_at)`);
    await runner.query(`CREATE INDEX ix_invitations_invited_by ON invitations (invited_by) WHERE invited_by IS NOT NULL`);
    await runner.query(`CREATE INDEX ix_invitations_accepted_by ON invitations (accepted_by) WHERE accepted_by IS NOT NULL`);
    await runner.query(`COMMENT ON COLUMN invitations.invited_by IS 'Null: the command line, or an account that is deleted.'`);
    await runner.query(`COMMENT ON COLUMN invitations.secret_id IS 'The root secret from which the token of the link is derived.'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE invitations`);
  }
}
