import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Creates the outbox and the heartbeats of the processes that send its mails. */
export class Mail3000000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // No foreign key to the challenge: the outbox does not depend on how codes are stored, and the mail of a deleted challenge is dropped
    // when it is due.
    await runner.query(`
      CREATE TABLE mails (
        id           uuid        NOT NULL,
        dedupe_key   text        NOT NULL,
        kind         text        NOT NULL,
        user_id      uuid,
        recipient    text        NOT NULL,
        locale       text,
        params       jsonb       NOT NULL DEFAULT '{}',
        challenge_id uuid,
        message_id   text        NOT NULL,
        state        text        NOT NULL DEFAULT 'queued',
        attempts     integer     NOT NULL DEFAULT 0,
        last_error   text,
        created_at   timestamptz NOT NULL DEFAULT now(),
        due_at       timestamptz NOT NULL DEFAULT now(),
        expires_at   timestamptz,
        claimed_at   timestamptz,
        leased_until timestamptz,
        sent_at      timestamptz,
        CONSTRAINT pk_mails PRIMARY KEY (id),
        CONSTRAINT uq_mails_dedupe_key UNIQUE (dedupe_key),
        CONSTRAINT fk_mails_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT ck_mails_state CHECK (state IN ('queued', 'sent', 'dropped', 'failed'))
      )`);
    await runner.query(
      `COMMENT ON TABLE mails IS 'The outbox. Holds no code and no link: they are derived from challenge_id when the mail is sent.'`,
    );
    await runner.query(`COMMENT ON COLUMN mails.leased_until IS 'Until then the worker that claimed the mail has it to itself.'`);
    await runner.query(`CREATE INDEX ix_mails_user ON mails (user_id) WHERE user_id IS NOT NULL`);
    await runner.query(`CREATE INDEX ix_mails_due_at ON mails (due_at) WHERE state = 'queued'`);
    await runner.query(`CREATE INDEX ix_mails_done ON mails (created_at) WHERE state <> 'queued'`);
    await runner.query(`
      CREATE TABLE mail_workers (
        id      text        NOT NULL,
        seen_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT pk_mail_workers PRIMARY KEY (id)
      )`);
    await runner.query(`COMMENT ON TABLE mail_workers IS 'Heartbeats: the jobs of a worker that fell silent are given to others.'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE mail_workers, mails`);
  }
}
