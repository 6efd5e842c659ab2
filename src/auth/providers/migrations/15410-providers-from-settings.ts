import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Providers that the setting `PROVIDERS` sets up. */
export class ProvidersFromSettings9015410000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE providers ADD COLUMN from_settings boolean NOT NULL DEFAULT false`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE providers DROP COLUMN from_settings`);
  }
}
