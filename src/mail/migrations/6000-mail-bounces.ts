import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the state of a bounced mail, and an index that finds the mails to an address. */
export class MailBounces6000000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE mails DROP CONSTRAINT ck_mails_state`);
    await runner.query(
      `ALTER TABLE mails ADD CONSTRAINT ck_mails_state CHECK (state IN ('queued', 'sent', 'dropped', 'failed', 'bounced'))`,
    );
    await runner.query(`CREATE INDEX ix_mails_recipient ON mails (lower(recipient), id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX ix_mails_recipient`);
    await runner.query(`UPDATE mails SET state = 'failed' WHERE state = 'bounced'`);
    await runner.query(`ALTER TABLE mails DROP CONSTRAINT ck_mails_state`);
    await runner.query(`ALTER TABLE mails ADD CONSTRAINT ck_mails_state CHECK (state IN ('queued', 'sent', 'dropped', 'failed'))`);
  }
}
