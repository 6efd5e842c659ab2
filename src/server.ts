import { MIGRATIONS } from './capabilities.js';
import { createApp, stopApp } from './app.js';
import { FirstAdminService } from './auth/registration/first-admin.service.js';
import { writeBanner } from './banner.js';
import { captureConsole } from './common/console.js';
import { JsonLogger } from './common/logger.js';
import { runAll } from './common/run-all.js';
import { SettingsError } from './config/load-settings.js';
import type { Settings } from './config/settings.js';
import { isUnavailable } from './database/database-errors.js';
import { migrate } from './database/migrate.js';
import { migrateJobQueue } from './jobs/migrate-job-queue.js';

/** A running server. */
export interface RunningServer {
  /** Says "not ready", finishes requests, then the mail under way, lets go of the database, and stops an embedded one. */
  stop(): Promise<void>;
}

/**
 * Starts everything that the settings ask for: an embedded PostgreSQL if no database is named, migrations, the HTTP server.
 * What was started is stopped again when a later step fails.
 */
export async function startServer(settings: Settings): Promise<RunningServer> {
  const stops: (() => unknown)[] = [];
  const stop = (): Promise<void> => runAll(stops.splice(0).reverse());
  try {
    if (settings.DATABASE_URL === undefined) {
      // Loaded only when used: production images leave it out.
      const { startEmbeddedPostgres } = await import('./database/embedded/embedded-postgres.js');
      const embedded = await startEmbeddedPostgres({ dataDir: settings.DATA_DIR, log: (line) => console.error(line) });
      stops.push(() => embedded.stop());
      settings.DATABASE_URL = embedded.url;
    }
    if (settings.MIGRATE_ON_START) await migrate(settings, MIGRATIONS, migrateJobQueue);
    const logger = new JsonLogger(settings.LOG_LEVEL);
    stops.push(captureConsole(logger));
    const app = await createApp(settings, logger);
    stops.push(() => stopApp(app));
    await app.listen(settings.PORT, settings.HOST);
    if (settings.NODE_ENV !== 'production') writeBanner(settings, await app.get(FirstAdminService).createIfMissing());
    return { stop };
  } catch (error) {
    // Why it did not start is what matters.
    await stop().catch(() => {});
    throw error;
  }
}

/**
 * How long after the first signal another one is still the same, ms: `npm start` passes on the Ctrl-C that the terminal has sent to
 * the server already.
 */
const SAME_SIGNAL_MS = 500;

/** Exit status of a process that Ctrl-C ended, by the convention of shells: 128 + SIGINT. */
const INTERRUPTED = 130;

/**
 * Stops the server at the first SIGTERM or SIGINT (Ctrl-C), and ends the process. Another Ctrl-C ends it at once; what was
 * acknowledged is in the database, an embedded one is found again at the next start.
 */
export function stopOnSignals(server: RunningServer): void {
  let stoppingSince: number | undefined;
  const stop = (): void => {
    if (stoppingSince !== undefined) return;
    stoppingSince = performance.now();
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(explainFailure(error));
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', () => {
    if (stoppingSince !== undefined && performance.now() - stoppingSince > SAME_SIGNAL_MS) process.exit(INTERRUPTED);
    stop();
  });
}

/** One clear line for a failed start or stop. */
export function explainFailure(error: unknown): string {
  if (error instanceof SettingsError)
    return ['Latchkey cannot start with these settings:', ...error.problems.map((problem) => `  ${problem}`)].join('\n');
  const { code, message, port } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') return `Port ${port} is taken. Stop the other server, or start with another one: PORT=3001 npm start`;
  if (code === 'EACCES' && port !== undefined) return `Port ${port} needs more rights. Choose one above 1023.`;
  if (isUnavailable(error)) return `The database cannot be reached (${message || code}). If DATABASE_URL is set, check it.`;
  return `Latchkey stopped: ${error instanceof Error ? error.message : String(error)}`;
}
