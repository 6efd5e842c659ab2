import { afterEach, describe, expect, it } from 'vitest';
import { captureConsole } from '../../../src/jobs/console.js';
import { JsonLogger } from '../../../src/common/logger.js';

/** The console that libraries use. */
const theirs = console;

describe('captureConsole', () => {
  let restore = (): void => {};
  afterEach(() => restore());

  /** The log entries for what `write` prints to the console. */
  function logged(write: () => void): Record<string, unknown>[] {
    const lines: string[] = [];
    restore = captureConsole(new JsonLogger('debug', { write: (line) => void lines.push(line) }));
    write();
    expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  it('logs `console.trace` of an error as one line', () => {
    const [entry] = logged(() => theirs.trace(new Error('Connection terminated\nunexpectedly')));
    expect(entry).toMatchObject({ level: 'warn', context: 'Console', msg: 'Connection terminated\nunexpectedly' });
    expect(entry?.err).toMatchObject({ type: 'Error', stack: expect.stringContaining('console.spec') });
  });

  it('logs only the message of an error among other arguments', () => {
    const error = Object.assign(new Error('duplicate key'), { detail: 'Key (email)=(ada@example.com) already exists.' });
    const entries = logged(() => theirs.error('Retried %d times, and still failed:', 100, error));
    expect(entries).toMatchObject([{ level: 'warn', msg: 'Retried 100 times, and still failed: duplicate key' }]);
    expect(JSON.stringify(entries)).not.toContain('ada@example.com');
  });

  it('logs `console.log` at debug level, and restores the console', () => {
    const { log } = theirs;
    expect(logged(() => theirs.log('connected', { to: 1 }))).toMatchObject([{ level: 'debug', msg: 'connected { to: 1 }' }]);
    expect(theirs.log).not.toBe(log);
    restore();
    expect(theirs.log).toBe(log);
  });
});
