import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Addresses and numbers that an account added without proof give way to others. */
export class Claims9013100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE users ADD COLUMN email_claimed boolean NOT NULL DEFAULT false, ADD COLUMN mobile_claimed boolean NOT NULL DEFAULT false,
        ADD COLUMN recovery_mobile text`);
    await runner.query(
      `COMMENT ON COLUMN users.recovery_mobile IS 'The last proven number (E.164) while the account has a newer one that its owner has not proven.'`,
    );
    await runner.query(
      `COMMENT ON COLUMN users.email_claimed IS 'Whether the address was added later and without proof: then it gives way to anybody else.'`,
    );
    await runner.query(
      `COMMENT ON COLUMN users.mobile_claimed IS 'Whether the number was added later and without proof: then it gives way to anybody else.'`,
    );
    // Triggers, for every way in which an identifier is written; BEFORE, so that the unique key finds the claim gone. A proof also
    // takes an identifier from the account that registered with it and has not proven it. Nearly always there is no other account, and
    // one look into the index says so. A plan that was made for an empty table would read all of it for each row of a large import:
    // hence no sequential scans.
    await runner.query(`
      CREATE FUNCTION yield_email_claims() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
      DECLARE gone uuid;
      BEGIN
        IF EXISTS (SELECT FROM users WHERE email_key = NEW.email_key AND id <> NEW.id) THEN
          FOR gone IN
            UPDATE users u SET
              email = CASE WHEN w.back THEN u.recovery_email END,
              email_key = CASE WHEN w.back THEN lower(u.recovery_email) END,
              email_verified_at = CASE WHEN w.back THEN now() END,
              recovery_email = CASE WHEN NOT w.back THEN u.recovery_email END, email_claimed = false, updated_at = now(), version = u.version + 1
            FROM (
              SELECT c.id, c.recovery_email IS NOT NULL
                AND NOT EXISTS (SELECT FROM users o WHERE o.email_key = lower(c.recovery_email))
                AND NOT EXISTS (SELECT FROM held_emails h
                  WHERE h.email_key = lower(c.recovery_email) AND h.user_id <> c.id AND h.held_until > now()) AS back
              FROM users c WHERE c.email_key = NEW.email_key AND c.id <> NEW.id) w
            WHERE u.id = w.id AND u.email_key = NEW.email_key AND u.email_verified_at IS NULL
              AND (NEW.email_verified_at IS NOT NULL OR u.email_claimed OR u.recovery_email IS NOT NULL
                OR u.mobile_verified_at IS NOT NULL OR u.recovery_mobile IS NOT NULL)
            RETURNING u.id
          LOOP
            INSERT INTO audit_events (action, outcome, subject_id) VALUES ('email.claim_lost', 'success', gone);
          END LOOP;
        END IF;
        -- The address is somebody else's now: mail to it recovers no other account.
        IF NEW.email_verified_at IS NOT NULL THEN
          UPDATE users SET recovery_email = NULL, updated_at = now(), version = version + 1
          WHERE recovery_email IS NOT NULL AND lower(recovery_email) = NEW.email_key AND id <> NEW.id;
        END IF;
        RETURN NEW;
      END $$`);
    await runner.query(`
      CREATE FUNCTION yield_mobile_claims() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
      DECLARE gone uuid;
      BEGIN
        IF EXISTS (SELECT FROM users WHERE mobile_key = NEW.mobile_key AND id <> NEW.id) THEN
          FOR gone IN
            UPDATE users u SET
              mobile = CASE WHEN w.back THEN u.recovery_mobile END,
              mobile_key = CASE WHEN w.back THEN u.recovery_mobile END,
              mobile_verified_at = CASE WHEN w.back THEN now() END,
              recovery_mobile = CASE WHEN NOT w.back THEN u.recovery_mobile END,
              mobile_claimed = false, updated_at = now(), version = u.version + 1
            FROM (
              SELECT c.id, c.recovery_mobile IS NOT NULL
                AND NOT EXISTS (SELECT FROM users o WHERE o.mobile_key = c.recovery_mobile) AS back
              FROM users c WHERE c.mobile_key = NEW.mobile_key AND c.id <> NEW.id) w
            WHERE u.id = w.id AND u.mobile_key = NEW.mobile_key AND u.mobile_verified_at IS NULL
              AND (NEW.mobile_verified_at IS NOT NULL OR u.mobile_claimed OR u.recovery_mobile IS NOT NULL
                OR u.email_verified_at IS NOT NULL OR u.recovery_email IS NOT NULL)
            RETURNING u.id
          LOOP
            INSERT INTO audit_events (action, outcome, subject_id) VALUES ('mobile.claim_lost', 'success', gone);
          END LOOP;
        END IF;
        -- The number is somebody else's now: text messages to it recover no other account.
        IF NEW.mobile_verified_at IS NOT NULL THEN
          UPDATE users SET recovery_mobile = NULL, updated_at = now(), version = version + 1
          WHERE recovery_mobile = NEW.mobile_key AND id <> NEW.id;
        END IF;
        RETURN NEW;
      END $$`);
    await runner.query(`
      CREATE TRIGGER tr_users_email_claims BEFORE INSERT OR UPDATE OF email_key, email_verified_at ON users
      FOR EACH ROW WHEN (NEW.email_key IS NOT NULL) EXECUTE FUNCTION yield_email_claims()`);
    await runner.query(`
      CREATE TRIGGER tr_users_mobile_claims BEFORE INSERT OR UPDATE OF mobile_key, mobile_verified_at ON users
      FOR EACH ROW WHEN (NEW.mobile_key IS NOT NULL) EXECUTE FUNCTION yield_mobile_claims()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TRIGGER tr_users_mobile_claims ON users`);
    await runner.query(`DROP TRIGGER tr_users_email_claims ON users`);
    await runner.query(`DROP FUNCTION yield_mobile_claims()`);
    await runner.query(`DROP FUNCTION yield_email_claims()`);
    await runner.query(`ALTER TABLE users DROP COLUMN mobile_claimed, DROP COLUMN email_claimed, DROP COLUMN recovery_mobile`);
  }
}
