import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Wrong codes are counted per asker before per account; codes have six or eight digits; a flood of wrong ones raises an alarm. */
export class CodeAskers9013420000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE challenges ADD COLUMN code_digits smallint NOT NULL DEFAULT 6, ADD COLUMN askers bytea[] NOT NULL DEFAULT '{}'`,
    );
    await runner.query(
      `COMMENT ON COLUMN challenges.askers IS 'Keyed HMACs of the networks that asked for the code, the newest first: each has tries of its own.'`,
    );
    await runner.query(`
      CREATE TABLE challenge_tries (
        challenge_id uuid    NOT NULL,
        asker        bytea   NOT NULL,
        tries        integer NOT NULL,
        CONSTRAINT pk_challenge_tries PRIMARY KEY (challenge_id, asker),
        CONSTRAINT fk_challenge_tries_challenge FOREIGN KEY (challenge_id) REFERENCES challenges (id) ON DELETE CASCADE
      )`);
    await runner.query(`COMMENT ON TABLE challenge_tries IS 'Wrong codes per code and network; networks as keyed HMAC.'`);
    await runner.query(`
      ALTER TABLE challenge_tallies ADD COLUMN window_ends_at timestamptz NOT NULL DEFAULT '-infinity',
        ADD COLUMN window_tries integer NOT NULL DEFAULT 0`);
    await runner.query(
      `COMMENT ON TABLE challenge_tallies IS 'Wrong codes per account and purpose; a new code does not start them anew. Per UTC day: of codes with six digits. Per window: of networks that did not ask for the code.'`,
    );
    await runner.query(`
      CREATE TABLE wrong_code_seconds (
        second timestamptz NOT NULL,
        wrong  integer     NOT NULL,
        CONSTRAINT pk_wrong_code_seconds PRIMARY KEY (second)
      )`);
    await runner.query(`COMMENT ON TABLE wrong_code_seconds IS 'Wrong codes of the last minutes, of all accounts and nodes.'`);
    await runner.query(`
      CREATE TABLE code_alarms (
        id        boolean     NOT NULL DEFAULT true,
        raised_at timestamptz NOT NULL,
        CONSTRAINT pk_code_alarms PRIMARY KEY (id),
        CONSTRAINT ck_code_alarms_single CHECK (id)
      )`);
    await runner.query(`COMMENT ON TABLE code_alarms IS 'When wrong codes last raised an alarm; one row.'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE code_alarms, wrong_code_seconds, challenge_tries`);
    await runner.query(`ALTER TABLE challenge_tallies DROP COLUMN window_ends_at, DROP COLUMN window_tries`);
    await runner.query(`ALTER TABLE challenges DROP COLUMN code_digits, DROP COLUMN askers`);
  }
}
