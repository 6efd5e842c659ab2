import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds what changing e-mail addresses and mobile numbers needs: recovery addresses, held addresses, undo links and return URLs. */
export class Identifiers7000000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE challenges ADD COLUMN return_to text`);
    await runner.query(
      `COMMENT ON COLUMN challenges.return_to IS 'Where the page behind the link may lead back to; checked against RETURN_URLS again when it is shown.'`,
    );
    // Each former address has an undo link of its own: a second change must not invalidate the first link.
    await runner.query(`DROP INDEX uq_challenges_open`);
    await runner.query(`
      CREATE UNIQUE INDEX uq_challenges_open ON challenges (user_id, purpose)
      WHERE consumed_at IS NULL AND superseded_at IS NULL AND purpose <> 'undo-email-change'`);
    await runner.query(`
      CREATE UNIQUE INDEX uq_challenges_open_undo ON challenges (user_id, address)
      WHERE consumed_at IS NULL AND superseded_at IS NULL AND purpose = 'undo-email-change'`);

    await runner.query(`ALTER TABLE users ADD COLUMN recovery_email text`);
    await runner.query(
      `COMMENT ON COLUMN users.recovery_email IS 'The last proven address, while a new one counts but is not proven; password resets go there.'`,
    );
    await runner.query(`CREATE INDEX ix_users_recovery_email ON users (lower(recovery_email)) WHERE recovery_email IS NOT NULL`);
    await runner.query(`
      CREATE TABLE held_emails (
        email_key  text COLLATE "C" NOT NULL,
        user_id    uuid        NOT NULL,
        held_until timestamptz NOT NULL,
        CONSTRAINT pk_held_emails PRIMARY KEY (email_key),
        CONSTRAINT fk_held_emails_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
      )`);
    await runner.query(
      `COMMENT ON TABLE held_emails IS 'Former addresses that their account can still go back to; nobody else can take them so long.'`,
    );
    await runner.query(`CREATE INDEX ix_held_emails_user ON held_emails (user_id)`);
    await runner.query(`CREATE INDEX ix_held_emails_held_until ON held_emails (held_until)`);
    // A constraint across two tables, for every statement that writes an address. The trigger runs AFTER: a statement that waited in
    // uq_users_email for another transaction then sees the hold that this transaction committed.
    await runner.query(`
      CREATE FUNCTION refuse_held_email() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT FROM held_emails h WHERE h.email_key = NEW.email_key AND h.user_id <> NEW.id AND h.held_until > now()) THEN
          RAISE unique_violation USING CONSTRAINT = 'uq_users_email', TABLE = 'users', MESSAGE = 'the address is held for another account';
        END IF;
        RETURN NULL;
      END $$`);
    await runner.query(`
      CREATE TRIGGER tr_users_held_email AFTER INSERT OR UPDATE OF email_key ON users
      FOR EACH ROW WHEN (NEW.email_key IS NOT NULL) EXECUTE FUNCTION refuse_held_email()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TRIGGER tr_users_held_email ON users`);
    await runner.query(`DROP FUNCTION refuse_held_email()`);
    await runner.query(`DROP TABLE held_emails`);
    await runner.query(`ALTER TABLE users DROP COLUMN recovery_email`);
    await runner.query(`DELETE FROM challenges WHERE purpose = 'undo-email-change'`);
    await runner.query(`DROP INDEX uq_challenges_open_undo, uq_challenges_open`);
    await runner.query(
      `CREATE UNIQUE INDEX uq_challenges_open ON challenges (user_id, purpose) WHERE consumed_at IS NULL AND superseded_at IS NULL`,
    );
    await runner.query(`ALTER TABLE challenges DROP COLUMN return_to`);
  }
}
