import { MIGRATIONS } from './capabilities.js';
import { createApp, stopApp } from './app.js';
import { FirstAdminService } from './auth/registration/first-admin.service.js';
import { writeBanner } from './banner.js';
import { captureConsole } from './jobs/console.js';
import { escapeControlsOfLines } from './common/text.js';
import { JsonLogger } from './common/logger.js';
import { runAll } from './common/run-all.js';
import { SettingsError } from './config/load-settings.js';
import type { Settings } from './config/settings.js';
import { isUnavailable } from './database/database-errors.js';
import { migrate } from './database/migrate.js';
import { waitForDatabase } from './database/wait-for-database.js';
import { migrateJobQueue } from './jobs/migrate-job-queue.js';

/** A running server. */
export interface RunningServer {
  /** Says "not ready", finishes requests, then the mail under way, lets go of the database, and stops an embedded one. */
  stop(): Promise<void>;
}

/**
 * Starts everything that the settings ask for: an embedded PostgreSQL if no database is named, migrations, the HTTP server.
 * What was started is stopped again when a later step fails.
 * @param asked to stop before the start is over: what was started is stopped again, and the reason of the signal thrown
 */
export async function startServer(settings: Settings, asked: AbortSignal = new AbortController().signal): Promise<RunningServer> {
  const stops: (() => unknown)[] = [];
  const stop = (): Promise<void> => runAll(stops.splice(0).reverse());
  // A database of its own bears that its user goes away in the middle of a step, which may be waiting for it. An embedded one is first
  // started completely, so that it can be stopped.
  const step = settings.DATABASE_URL === undefined ? <T>(work: Promise<T>) => work : unless(asked);
  try {
    if (settings.DATABASE_URL === undefined) {
      // Loaded only when used: production images leave it out.
      const { startEmbeddedPostgres } = await import('./database/embedded/embedded-postgres.js');
      const embedded = await startEmbeddedPostgres({ dataDir: settings.DATA_DIR, log: (line) => console.error(line) });
      stops.push(() => embedded.stop());
      settings.DATABASE_URL = embedded.url;
    }
    asked.throwIfAborted();
    const say = (line: string): void => console.error(escapeControlsOfLines(line));
    await step(waitForDatabase(settings.DATABASE_DIRECT_URL ?? settings.DATABASE_URL, say));
    if (settings.MIGRATE_ON_START) await step(migrate(settings, MIGRATIONS, migrateJobQueue, say));
    asked.throwIfAborted();
    const logger = new JsonLogger(settings.LOG_LEVEL);
    stops.push(captureConsole(logger));
    const app = await step(createApp(settings, logger));
    stops.push(() => stopApp(app));
    asked.throwIfAborted();
    await app.listen(settings.PORT, settings.HOST);
    if (settings.NODE_ENV !== 'production') writeBanner(settings, await app.get(FirstAdminService).createIfMissing());
    return { stop };
  } catch (error) {
    // Why it did not start is what matters.
    await stop().catch(() => {});
    throw error;
  }
}

/** Waits for work until the signal, whose reason is thrown. */
function unless(asked: AbortSignal): <T>(work: Promise<T>) => Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    asked.addEventListener('abort', () => reject(asked.reason as Error), { once: true });
  });
  // Nobody may be waiting any more.
  aborted.catch(() => {});
  return (work) => Promise.race([work, aborted]);
}

/**
 * How long after the first signal another one is still the same, ms: `npm start` passes on the Ctrl-C that the terminal has sent to
 * the server already.
 */
const SAME_SIGNAL_MS = 500;

/** Exit status of a process that Ctrl-C ended, by the convention of shells: 128 + SIGINT. */
const INTERRUPTED = 130;

/** What SIGTERM and SIGINT do. */
export interface StopSignals {
  /** Aborted by the first of them. */
  readonly asked: AbortSignal;
  /** Hands over the server that they stop. */
  started(server: RunningServer): void;
}

/**
 * Stops the server at the first SIGTERM or SIGINT (Ctrl-C), and ends the process. Another Ctrl-C ends it at once; what was
 * acknowledged is in the database, an embedded one is found again at the next start. Call it before the start: a signal that came in the
 * middle of it would otherwise leave the embedded PostgreSQL behind.
 */
export function stopOnSignals(): StopSignals {
  const asking = new AbortController();
  let stoppingSince: number | undefined;
  let running: RunningServer | undefined;
  const end = (server: RunningServer): void => {
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(explainFailure(error));
        process.exit(1);
      },
    );
  };
  const stop = (): void => {
    if (stoppingSince !== undefined) return;
    stoppingSince = performance.now();
    asking.abort();
    if (running !== undefined) end(running);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', () => {
    if (stoppingSince !== undefined && performance.now() - stoppingSince > SAME_SIGNAL_MS) process.exit(INTERRUPTED);
    stop();
  });
  return {
    asked: asking.signal,
    started(server) {
      running = server;
      if (stoppingSince !== undefined) end(server);
    },
  };
}

/** One clear line for a failed start or stop; what it quotes cannot control a terminal. */
export function explainFailure(error: unknown): string {
  return escapeControlsOfLines(explanationOf(error));
}

function explanationOf(error: unknown): string {
  if (error instanceof SettingsError)
    return ['Latchkey cannot start with these settings:', ...error.problems.map((problem) => `  ${problem}`)].join('\n');
  const { code, message, port } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') return `Port ${port} is taken. Stop the other server, or start with another one: PORT=3001 npm start`;
  if (code === 'EACCES' && port !== undefined) return `Port ${port} needs more rights. Choose one above 1023.`;
  if (isUnavailable(error)) return `The database cannot be reached (${message || code}). If DATABASE_URL is set, check it.`;
  return `Latchkey stopped: ${error instanceof Error ? error.message : String(error)}`;
}
