import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Waits after which a password can be reset without the second factor. */
export class FactorWaivers9014430000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE factor_waivers (
      id uuid NOT NULL CONSTRAINT pk_factor_waivers PRIMARY KEY,
      user_id uuid NOT NULL CONSTRAINT uq_factor_waivers_user UNIQUE
        CONSTRAINT fk_factor_waivers_user REFERENCES users (id) ON DELETE CASCADE,
      asked_at timestamptz NOT NULL DEFAULT now(),
      due_at timestamptz NOT NULL,
      ends_at timestamptz NOT NULL)`);
    await runner.query(`COMMENT ON COLUMN factor_waivers.due_at IS 'From when on a reset needs no second factor.'`);
    await runner.query(`COMMENT ON COLUMN factor_waivers.ends_at IS 'From when on a reset needs it again.'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE factor_waivers`);
  }
}
