import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tokens of reports that were taken. */
export class MailReportTokens9016900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE mail_report_tokens (
      id bytea NOT NULL CONSTRAINT pk_mail_report_tokens PRIMARY KEY,
      expires_at timestamptz NOT NULL)`);
    await runner.query(`CREATE INDEX ix_mail_report_tokens_expires_at ON mail_report_tokens (expires_at)`);
    await runner.query(`COMMENT ON TABLE mail_report_tokens IS 'Digests of those that were used, until reports with them are too old.'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE mail_report_tokens`);
  }
}
