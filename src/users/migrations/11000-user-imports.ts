import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Stores the progress of unfinished imports of accounts. */
export class UserImports9011000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE user_imports (
        id         text        NOT NULL,
        records    integer     NOT NULL,
        counts     jsonb       NOT NULL,
        started_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT pk_user_imports PRIMARY KEY (id)
      )`);
    await runner.query(
      `COMMENT ON TABLE user_imports IS 'Imports of accounts under way, or broken off; one that is finished is in the audit log alone.'`,
    );
    await runner.query(`COMMENT ON COLUMN user_imports.id IS 'SHA-256 of the file, hexadecimal.'`);
    await runner.query(
      `COMMENT ON COLUMN user_imports.records IS 'Records of the file that are done; committed together with what became of them.'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE user_imports`);
  }
}
