import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Wrong codes count per address or number, not per account, and codes that prove one outlive the account for which they were sent: whoever
 * deletes an account and registers the same address again gets no new tries, and makes no code on its way worthless. `challenge_tallies`
 * stays for servers of the version before.
 */
export class LastingTallies9014210000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE challenges ADD COLUMN tally bytea`);
    await runner.query(
      `COMMENT ON COLUMN challenges.tally IS 'Keyed HMAC of purpose and address, under which wrong codes are counted; null: counted by account.'`,
    );
    await runner.query(`
      CREATE TABLE code_tallies (
        id             bytea       NOT NULL,
        day            date        NOT NULL,
        tries          integer     NOT NULL,
        window_ends_at timestamptz NOT NULL,
        window_tries   integer     NOT NULL,
        ends_at        timestamptz NOT NULL,
        CONSTRAINT pk_code_tallies PRIMARY KEY (id)
      )`);
    await runner.query(`CREATE INDEX ix_code_tallies_ends_at ON code_tallies (ends_at)`);
    await runner.query(
      `COMMENT ON TABLE code_tallies IS 'Wrong codes per purpose and address or number, named by a keyed HMAC; neither a new code nor a new account starts them anew. Per UTC day: of codes with six digits. Per window: of networks that did not ask for the code.'`,
    );
    await runner.query(`
      CREATE TABLE left_challenges (
        id           bytea       NOT NULL,
        challenge_id uuid        NOT NULL,
        secret_id    text        NOT NULL,
        code_mac     bytea       NOT NULL,
        code_digits  smallint    NOT NULL,
        client_id    text,
        askers       bytea[]     NOT NULL,
        tried        jsonb       NOT NULL,
        created_at   timestamptz NOT NULL,
        expires_at   timestamptz NOT NULL,
        CONSTRAINT pk_left_challenges PRIMARY KEY (id)
      )`);
    await runner.query(`CREATE INDEX ix_left_challenges_expires_at ON left_challenges (expires_at)`);
    await runner.query(
      `COMMENT ON TABLE left_challenges IS 'Open codes and links of deleted accounts, by the HMAC of purpose and address: whoever registers the address next has them. tried: wrong codes per network.'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE left_challenges, code_tallies`);
    await runner.query(`ALTER TABLE challenges DROP COLUMN tally`);
  }
}
