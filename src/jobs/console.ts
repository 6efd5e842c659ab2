import { format } from 'node:util';
import type { LoggerService } from '@nestjs/common';

/** Matches lines of a library that report a problem. */
const LEVELS = { error: 'warn', warn: 'warn', trace: 'warn', info: 'debug', log: 'debug', debug: 'debug' } as const;

/**
 * Redirects console output of libraries to the log, one JSON object a line; graphile-worker, for example, prints traces when it loses its
 * database.
 * @returns a function that restores the console
 */
export function captureConsole(logger: Required<Pick<LoggerService, 'warn' | 'debug'>>): () => void {
  const originals = Object.keys(LEVELS).map((name) => [name, Reflect.get(console, name) as unknown] as const);
  for (const [name, level] of Object.entries(LEVELS)) {
    Reflect.set(console, name, (...written: unknown[]) => logger[level](describe(written), 'Console'));
  }
  return () => {
    for (const [name, original] of originals) Reflect.set(console, name, original);
  };
}

/** Logs only the message of an error: other parts may quote values from the database. */
function describe(written: readonly unknown[]): unknown {
  const [only, ...more] = written;
  if (only instanceof Error && more.length === 0) return only;
  return format(...written.map((part) => (part instanceof Error ? part.message : part)));
}
