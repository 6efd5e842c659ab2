import { type Environment, loadSettings } from '../config/load-settings.js';
import { migrate } from '../database/migrate.js';
import { migrateMailQueue } from '../mail/migrate-mail-queue.js';

/** Brings the database at `DATABASE_URL` up to date and says what was applied. */
export async function migrateDatabase(_args: readonly string[], env: Environment): Promise<number> {
  const settings = loadSettings(env);
  if (settings.DATABASE_URL === undefined) {
    console.error('DATABASE_URL must be set. (The embedded database of a development machine is migrated at start.)');
    return 2;
  }
  const applied = await migrate(settings, migrateMailQueue);
  console.log(applied.length === 0 ? 'The database is up to date.' : `Applied: ${applied.join(', ')}`);
  return 0;
}
