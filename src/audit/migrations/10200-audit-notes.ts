import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Lets the deletion of an account remove the administrators' free-text reasons (`note`) from its events: they may describe the person. */
export class AuditNotes9010200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'DELETE' THEN
          IF current_setting('latchkey.purges_audit', true) = 'yes' THEN RETURN OLD; END IF;
        ELSIF coalesce(NEW.ip, OLD.ip) IS NOT DISTINCT FROM OLD.ip AND coalesce(NEW.user_agent, OLD.user_agent) IS NOT DISTINCT FROM OLD.user_agent
          AND NEW.details IN (OLD.details, OLD.details - 'note')
          AND (NEW.id, NEW.occurred_at, NEW.action, NEW.outcome, NEW.actor_id, NEW.subject_id, NEW.request_id)
              IS NOT DISTINCT FROM (OLD.id, OLD.occurred_at, OLD.action, OLD.outcome, OLD.actor_id, OLD.subject_id, OLD.request_id)
        THEN RETURN NEW;
        END IF;
        RAISE EXCEPTION 'audit_events is append-only' USING ERRCODE = 'insufficient_privilege';
      END $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
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
  }
}
