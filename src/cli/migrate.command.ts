import { MIGRATIONS, SETTINGS } from '../capabilities.js';
import { type Environment, SettingsError, loadSettings } from '../config/load-settings.js';
import { migrate } from '../database/migrate.js';
import { waitForDatabase } from '../database/wait-for-database.js';
import { migrateJobQueue } from '../jobs/migrate-job-queue.js';
import { readArguments } from './arguments.js';
import { EXIT } from './exit-codes.js';
import { complain, print } from './output.js';

/** Runs the migrations on the database at `DATABASE_URL`, says what keeps them waiting, and prints the applied ones. */
export async function migrateDatabase(args: readonly string[], env: Environment): Promise<number> {
  const { json } = readArguments(args, {}, { min: 0, max: 0 }).values;
  const settings = loadSettings(SETTINGS, env);
  if (settings.DATABASE_URL === undefined)
    throw new SettingsError(['DATABASE_URL must be set. (The embedded database of a development machine is migrated at start.)']);
  await waitForDatabase(settings.DATABASE_DIRECT_URL ?? settings.DATABASE_URL, complain);
  const applied = await migrate(settings, MIGRATIONS, migrateJobQueue, complain);
  if (json) print(JSON.stringify({ applied }));
  else print(applied.length === 0 ? 'The database is up to date.' : `Applied: ${applied.join(', ')}`);
  return EXIT.done;
}
