import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Refuses a registration in one statement where a deleted account left a code for the address. The statement itself would not see a row of a
 * deletion that its INSERT waited for; a volatile function looks anew (PostgreSQL's manual, "Function Volatility Categories").
 */
export class LeftChallengesCheck9015900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION demand_nothing_left(account_id uuid, left_ids bytea[]) RETURNS uuid LANGUAGE plpgsql VOLATILE AS $$
      BEGIN
        IF EXISTS (SELECT FROM left_challenges WHERE id = ANY (left_ids) AND expires_at > now()) THEN
          RAISE EXCEPTION 'A deleted account left a code for the address or number.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'left_challenges_adopted';
        END IF;
        RETURN account_id;
      END $$`);
    await runner.query(
      `COMMENT ON FUNCTION demand_nothing_left IS 'Gives account_id back, unless left_challenges has one of left_ids: then the account is made with what was left.'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP FUNCTION demand_nothing_left`);
  }
}
