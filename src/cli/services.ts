import { CATALOGUE, MIGRATIONS, SETTINGS } from '../capabilities.js';
import { type INestApplicationContext, type LoggerService, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigModule } from '../config/config.module.js';
import { type Environment, loadSettings } from '../config/load-settings.js';
import type { Settings } from '../config/settings.js';
import { DatabaseModule } from '../database/database.module.js';
import { migrate } from '../database/migrate.js';
import { migrateJobQueue } from '../jobs/migrate-job-queue.js';

class CommandModule {}

/** Standard output is for what a command answers. */
const LOGGER: LoggerService = {
  log: () => undefined,
  warn: (message: unknown) => console.error(String(message)),
  error: (message: unknown) => console.error(String(message)),
  fatal: (message: unknown) => console.error(String(message)),
};

/**
 * Runs `work` with the services of some modules, on the configured database, past any pooler. On a development machine that names none
 * it is the embedded one, which a server may be using at the same time.
 * @throws SettingsError
 */
export async function withServices<T>(
  env: Environment,
  imports: NonNullable<ModuleMetadata['imports']>,
  work: (services: INestApplicationContext, settings: Settings) => Promise<T>,
): Promise<T> {
  const settings = loadSettings(SETTINGS, env);
  const embedded = settings.DATABASE_URL === undefined ? await startEmbedded(settings) : null;
  settings.DATABASE_URL = embedded?.url ?? settings.DATABASE_DIRECT_URL ?? settings.DATABASE_URL;
  try {
    if (embedded !== null) await migrate(settings, MIGRATIONS, migrateJobQueue);
    const module = { module: CommandModule, imports: [ConfigModule.register(settings, CATALOGUE), DatabaseModule.register(), ...imports] };
    const context = await NestFactory.createApplicationContext(module, { logger: LOGGER, abortOnError: false });
    try {
      return await work(context, settings);
    } finally {
      await context.close();
    }
  } finally {
    await embedded?.stop();
  }
}

async function startEmbedded({ DATA_DIR: dataDir }: Settings) {
  // Loaded only when used: production images leave it out.
  const { startEmbeddedPostgres } = await import('../database/embedded/embedded-postgres.js');
  return startEmbeddedPostgres({ dataDir, log: (line) => console.error(line) });
}
