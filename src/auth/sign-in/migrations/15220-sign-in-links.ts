import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sign-ins that end with the link of an identity. */
export class SignInLinks9015220000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE sign_ins ADD COLUMN link jsonb`);
    await runner.query(
      `COMMENT ON COLUMN sign_ins.link IS 'An identity at a provider that is linked to the account when the sign-in is complete.'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE sign_ins DROP COLUMN link`);
  }
}
