import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Requests with an `Idempotency-Key`, and their answers. */
export class IdempotencyKeys9010400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE idempotency_keys (
        id           bytea       NOT NULL,
        claim        uuid        NOT NULL,
        user_id      uuid,
        secret_id    text        NOT NULL,
        request_mac  bytea       NOT NULL,
        leased_until timestamptz NOT NULL,
        expires_at   timestamptz NOT NULL,
        status       integer,
        headers      jsonb,
        body         text,
        CONSTRAINT pk_idempotency_keys PRIMARY KEY (id),
        CONSTRAINT fk_idempotency_keys_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
      )`);
    await runner.query(`COMMENT ON COLUMN idempotency_keys.id IS 'Hash of the route, the caller and the key.'`);
    await runner.query(
      `COMMENT ON COLUMN idempotency_keys.claim IS 'The try that has the key to itself until leased_until, or was answered.'`,
    );
    await runner.query(
      `COMMENT ON COLUMN idempotency_keys.request_mac IS 'Recognises the request; bodies hold passwords, so it is keyed.'`,
    );
    await runner.query(`COMMENT ON COLUMN idempotency_keys.status IS 'HTTP status of the answer; null while the request is under way.'`);
    await runner.query(`CREATE INDEX ix_idempotency_keys_user ON idempotency_keys (user_id) WHERE user_id IS NOT NULL`);
    await runner.query(`CREATE INDEX ix_idempotency_keys_expires_at ON idempotency_keys (expires_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE idempotency_keys`);
  }
}
