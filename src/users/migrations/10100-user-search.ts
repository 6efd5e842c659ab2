import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the columns and indexes with which administrators list and search accounts. */
export class UserSearch9010100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // A trusted extension: every role that may create objects in the database may install it.
    await runner.query(`CREATE EXTENSION IF NOT EXISTS pg_trgm`);
    await runner.query(`
      ALTER TABLE users
        ADD COLUMN name_key text COLLATE "C" GENERATED ALWAYS AS (
          nullif(btrim(lower(coalesce(first_name, '') || ' ' || coalesce(last_name, ''))), '')) STORED,
        ADD COLUMN search text GENERATED ALWAYS AS (
          coalesce(email_key, '') || E'\\n' || coalesce(username_key, '') || E'\\n' || coalesce(mobile_key, '') || E'\\n'
          || lower(coalesce(recovery_email, '')) || E'\\n' || lower(coalesce(first_name, '') || ' ' || coalesce(last_name, ''))) STORED`);
    await runner.query(`COMMENT ON COLUMN users.name_key IS 'First and last name as they are searched for: in lower case.'`);
    await runner.query(`COMMENT ON COLUMN users.search IS 'Identifiers and names as they are searched for, a line each.'`);
    await runner.query(`CREATE INDEX ix_users_name ON users (name_key, id)`);
    await runner.query(`CREATE INDEX ix_users_search ON users USING gin (search gin_trgm_ops)`);
    // Indexes for the list by time of creation, and for filters that match few accounts. Other filters match so many accounts that a scan
    // of the list fills a page quickly.
    await runner.query(`CREATE INDEX ix_users_created_at ON users (created_at, id)`);
    await runner.query(`CREATE INDEX ix_users_disabled ON users (created_at, id) WHERE disabled_at IS NOT NULL`);
    await runner.query(
      `CREATE INDEX ix_users_verified ON users (created_at, id) WHERE email_verified_at IS NOT NULL OR mobile_verified_at IS NOT NULL`,
    );
    await runner.query(
      `CREATE INDEX ix_users_unverified ON users (created_at, id) WHERE email_verified_at IS NULL AND mobile_verified_at IS NULL`,
    );
    await runner.query(`CREATE INDEX ix_users_librarians ON users (created_at, id) WHERE 'librarian' = ANY (roles)`);
    await runner.query(`CREATE INDEX ix_user_activity_last_sign_in ON user_activity (last_sign_in_at, user_id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX ix_user_activity_last_sign_in, ix_users_librarians, ix_users_unverified, ix_users_verified`);
    await runner.query(`DROP INDEX ix_users_disabled, ix_users_created_at`);
    // Dropping the columns drops their indexes. The extension stays, because other tables may use it.
    await runner.query(`ALTER TABLE users DROP COLUMN search, DROP COLUMN name_key`);
  }
}
