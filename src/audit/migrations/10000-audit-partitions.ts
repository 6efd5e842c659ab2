import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Converts the audit log to an append-only table with monthly partitions: old events are removed by dropping their partition. */
export class AuditPartitions9010000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE audit_events RENAME TO audit_events_before`);
    await runner.query(`ALTER TABLE audit_events_before RENAME CONSTRAINT pk_audit_events TO pk_audit_events_before`);
    // Before PostgreSQL 17, partitions cannot have identity columns.
    await runner.query(`ALTER TABLE audit_events_before ALTER COLUMN id DROP IDENTITY`);
    await runner.query(`CREATE SEQUENCE audit_events_id_seq AS bigint`);
    await runner.query(`SELECT setval('audit_events_id_seq', coalesce((SELECT max(id) FROM audit_events_before), 0) + 1, false)`);
    // Whole milliseconds, because a JavaScript Date has no more digits and carries positions in the log.
    await runner.query(`
      CREATE TABLE audit_events (
        id          bigint         NOT NULL DEFAULT nextval('audit_events_id_seq'),
        occurred_at timestamptz(3) NOT NULL DEFAULT now(),
        action      text           NOT NULL,
        outcome     text           NOT NULL,
        actor_id    uuid,
        subject_id  uuid,
        ip          text,
        user_agent  text,
        request_id  text,
        details     jsonb          NOT NULL DEFAULT '{}',
        CONSTRAINT pk_audit_events PRIMARY KEY (occurred_at, id)
      ) PARTITION BY RANGE (occurred_at)`);
    await runner.query(`ALTER SEQUENCE audit_events_id_seq OWNED BY audit_events.id`);
    await runner.query(`CREATE INDEX ix_audit_events_subject_time ON audit_events (subject_id, occurred_at, id)`);
    await runner.query(`CREATE INDEX ix_audit_events_actor_time ON audit_events (actor_id, occurred_at, id)`);
    await runner.query(`CREATE INDEX ix_audit_events_action_time ON audit_events (action, occurred_at, id)`);
    // The default partition takes events whose month has no partition, so that recording never fails for lack of one.
    await runner.query(`CREATE TABLE audit_events_other PARTITION OF audit_events DEFAULT`);

    await this.makeAppendOnly(runner);
    await this.makeMonths(runner);
    await runner.query(`
      SELECT make_audit_month(month::date) FROM generate_series(
        (SELECT date_trunc('month', coalesce(min(occurred_at), now()) AT TIME ZONE 'UTC') FROM audit_events_before),
        (now() AT TIME ZONE 'UTC') + interval '2 months', '1 month') AS month`);
    await runner.query(`
      INSERT INTO audit_events (id, occurred_at, action, outcome, actor_id, subject_id, ip, user_agent, request_id, details)
      SELECT id, occurred_at, action, outcome, actor_id, subject_id, ip, user_agent, request_id, details FROM audit_events_before`);
    await runner.query(`DROP TABLE audit_events_before`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE audit_events RENAME TO audit_events_months`);
    await runner.query(`ALTER TABLE audit_events_months RENAME CONSTRAINT pk_audit_events TO pk_audit_events_months`);
    await runner.query(`
      CREATE TABLE audit_events (
        id          bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
        occurred_at timestamptz NOT NULL DEFAULT now(),
        action      text        NOT NULL,
        outcome     text        NOT NULL,
        actor_id    uuid,
        subject_id  uuid,
        ip          text,
        user_agent  text,
        request_id  text,
        details     jsonb       NOT NULL DEFAULT '{}',
        CONSTRAINT pk_audit_events PRIMARY KEY (id)
      )`);
    await runner.query(`INSERT INTO audit_events OVERRIDING SYSTEM VALUE SELECT * FROM audit_events_months ORDER BY id`);
    await runner.query(
      `SELECT setval(pg_get_serial_sequence('audit_events', 'id'), coalesce((SELECT max(id) FROM audit_events), 0) + 1, false)`,
    );
    await runner.query(`DROP TABLE audit_events_months`);
    await runner.query(`DROP FUNCTION make_audit_month(date), refuse_audit_change()`);
    await runner.query(`CREATE INDEX ix_audit_events_subject ON audit_events (subject_id, id)`);
    await runner.query(`CREATE INDEX ix_audit_events_actor ON audit_events (actor_id, id)`);
    await runner.query(`CREATE INDEX ix_audit_events_occurred_at ON audit_events (occurred_at)`);
  }

  /**
   * Makes the table append-only, with two exceptions: deleting an account removes its addresses, and a transaction that sets
   * `latchkey.purges_audit` may delete old events.
   */
  private async makeAppendOnly(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'DELETE' THEN
          IF current_setting('latchkey.purges_audit', true) = 'yes' THEN RETURN OLD; END IF;
        ELSIF NEW.ip IS NULL AND NEW.user_agent IS NULL
          AND (NEW.id, NEW.occurred_at, NEW.action, NEW.outcome, NEW.actor_id, NEW.subject_id, NEW.request_id, NEW.details)
              IS NOT DISTINCT FROM (OLD.id, OLD.occurred_at, OLD.action, OLD.outcome, OLD.actor_id, OLD.subject_id, OLD.request_id, OLD.details)
        THEN RETURN NEW;
        END IF;
        RAISE EXCEPTION 'audit_events is append-only' USING ERRCODE = 'insufficient_privilege';
      END $$`);
    await runner.query(`
      CREATE TRIGGER tr_audit_events_append_only BEFORE UPDATE OR DELETE ON audit_events
      FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()`);
  }

  private async makeMonths(runner: QueryRunner): Promise<void> {
    // Attached instead of created in place: `CREATE TABLE … PARTITION OF` waits for a lock that blocks every request that records an event.
    await runner.query(`
      CREATE FUNCTION make_audit_month(day date) RETURNS void LANGUAGE plpgsql AS $$
      DECLARE
        month     timestamp   := date_trunc('month', day::timestamp);
        from_time timestamptz := month AT TIME ZONE 'UTC';
        to_time   timestamptz := (month + interval '1 month') AT TIME ZONE 'UTC';
        partition text        := to_char(month, '"audit_events_"YYYY_MM');
      BEGIN
        IF to_regclass(partition) IS NOT NULL THEN RETURN; END IF;
        PERFORM pg_advisory_xact_lock(hashtext('latchkey:audit-months'));
        IF to_regclass(partition) IS NOT NULL THEN RETURN; END IF;
        EXECUTE format('CREATE TABLE %I (LIKE audit_events INCLUDING DEFAULTS)', partition);
        -- What fell into the default partition before the month was made.
        PERFORM set_config('latchkey.purges_audit', 'yes', true);
        EXECUTE format('WITH moved AS (DELETE FROM audit_events_other WHERE occurred_at >= %L AND occurred_at < %L RETURNING *)
                        INSERT INTO %I SELECT * FROM moved', from_time, to_time, partition);
        PERFORM set_config('latchkey.purges_audit', '', true);
        EXECUTE format('ALTER TABLE audit_events ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', partition, from_time, to_time);
      END $$`);
  }
}
