import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds indexes for lists of rare rows, such as failures and administrators; the queries scanned all other rows to find them. */
export class SparseLists9012200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Finds failures without scanning successes. Recording a success does not write to this index.
    await runner.query(`CREATE INDEX ix_audit_events_failure_time ON audit_events (occurred_at, id) WHERE outcome = 'failure'`);
    // An expression instead of the column, because PostgreSQL gathers statistics for it: how often each action fails. Without them the
    // planner assumes that every action fails equally often, and scans all failures for a rare one.
    await runner.query(`
      CREATE INDEX ix_audit_events_failed_action_time ON audit_events ((CASE outcome WHEN 'failure' THEN action END), occurred_at, id)
      WHERE outcome = 'failure'`);
    // Ordered like the list, as the indexes of other rare groups are. The planner overestimated the number of administrators and scanned
    // the list for them (44 ms with 100,000 accounts, 5 ms with 1,000). Dropping the old index comes last, because it blocks readers of
    // accounts until the transaction ends.
    await runner.query(`CREATE INDEX ix_users_admins_by_time ON users (created_at, id) WHERE 'admin' = ANY (roles)`);
    await runner.query(`DROP INDEX ix_users_admins`);
    await runner.query(`ALTER INDEX ix_users_admins_by_time RENAME TO ix_users_admins`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX ix_audit_events_failed_action_time, ix_audit_events_failure_time, ix_users_admins`);
    await runner.query(`CREATE INDEX ix_users_admins ON users (id) WHERE 'admin' = ANY (roles)`);
  }
}
