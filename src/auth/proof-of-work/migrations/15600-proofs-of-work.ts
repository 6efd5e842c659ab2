import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Proofs of work that were used. */
export class ProofsOfWork9015600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE proofs_of_work (
      id bytea NOT NULL CONSTRAINT pk_proofs_of_work PRIMARY KEY,
      expires_at timestamptz NOT NULL)`);
    await runner.query(`CREATE INDEX ix_proofs_of_work_expires_at ON proofs_of_work (expires_at)`);
    await runner.query(`COMMENT ON TABLE proofs_of_work IS 'Those that were used, until they would have expired.'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE proofs_of_work`);
  }
}
