import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Locks from before: those after wrong passwords can be lifted, and accounts that nothing could reset are not locked any more. */
export class WornPasswords9013410000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE users u SET password_worn_at = u.password_locked_at,
        password_locked_at = CASE WHEN u.email IS NULL AND u.recovery_email IS NULL AND u.mobile_verified_at IS NULL
          THEN NULL ELSE u.password_locked_at END
      FROM user_activity a
      WHERE a.user_id = u.id AND u.password_locked_at IS NOT NULL AND a.password_failures >= 100`);
  }

  async down(): Promise<void> {
    // The locks that were lifted stay so.
  }
}
