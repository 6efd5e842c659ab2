import { CATALOGUE, MIGRATIONS, SETTINGS } from '../capabilities.js';
import { type INestApplicationContext, type LoggerService, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigModule } from '../config/config.module.js';
import { type Environment, loadSettings } from '../config/load-settings.js';
import type { Settings } from '../config/settings.js';
import { DatabaseModule } from '../database/database.module.js';
import { migrate } from '../database/migrate.js';
import { migrateJobQueue } from '../jobs/migrate-job-queue.js';
import { LanguagesModule } from '../languages/languages.module.js';
import { complain } from './output.js';

type Imports = NonNullable<ModuleMetadata['imports']>;

class CommandModule {}

/** Standard output is reserved for the result of a command. */
const LOGGER: LoggerService = {
  log: () => undefined,
  warn: (message: unknown) => complain(String(message)),
  error: (message: unknown) => complain(String(message)),
  fatal: (message: unknown) => complain(String(message)),
};

/**
 * Runs `work` with the services of some modules, on the configured database, not through a pooler. On a development machine without
 * `DATABASE_URL` it uses the embedded database, also while a server is using it.
 * @throws SettingsError
 */
export async function withServices<T>(
  env: Environment,
  imports: Imports | ((settings: Settings) => Imports),
  work: (services: INestApplicationContext, settings: Settings) => Promise<T>,
): Promise<T> {
  const settings = loadSettings(SETTINGS, env);
  const embedded = settings.DATABASE_URL === undefined ? await startEmbedded(settings) : null;
  settings.DATABASE_URL = embedded?.url ?? settings.DATABASE_DIRECT_URL ?? settings.DATABASE_URL;
  try {
    if (embedded !== null) await migrate(settings, MIGRATIONS, migrateJobQueue);
    const further = typeof imports === 'function' ? imports(settings) : imports;
    const module = {
      module: CommandModule,
      imports: [ConfigModule.register(settings, CATALOGUE), DatabaseModule.register(), LanguagesModule, ...further],
    };
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
  // Loaded only on use: production images omit it.
  const { startEmbeddedPostgres } = await import('../database/embedded/embedded-postgres.js');
  return startEmbeddedPostgres({ dataDir, log: (line) => complain(line) });
}
