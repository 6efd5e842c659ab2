import { format } from 'node:util';
import type { LoggerService } from '@nestjs/common';

/** Which lines of a library are about something that went wrong. */
const LEVELS = { error: 'warn', warn: 'warn', trace: 'warn', info: 'debug', log: 'debug', debug: 'debug' } as const;

/**
 * Has what libraries write to the console go to the log, one JSON object a line like everything else; graphile-worker prints traces
 * when it loses its database.
 * @returns a function that gives the console back
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

/** Errors are told by their message: other parts of them may quote what is in the database. */
function describe(written: readonly unknown[]): unknown {
  const [only, ...more] = written;
  if (only instanceof Error && more.length === 0) return only;
  return format(...written.map((part) => (part instanceof Error ? part.message : part)));
}
