import { afterEach, describe, expect, it } from 'vitest';
import { captureConsole } from '../../../src/common/console.js';
import { JsonLogger } from '../../../src/common/logger.js';

/** The console as libraries have it. */
const theirs = console;

describe('captureConsole', () => {
  let restore = (): void => {};
  afterEach(() => restore());

  /** What the log says of what `write` writes to the console. */
  function logged(write: () => void): Record<string, unknown>[] {
    const lines: string[] = [];
    restore = captureConsole(new JsonLogger('debug', { write: (line) => void lines.push(line) }));
    write();
    expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  it('turns a trace of an error into one line of the log', () => {
    const [entry] = logged(() => theirs.trace(new Error('Connection terminated\nunexpectedly')));
    expect(entry).toMatchObject({ level: 'warn', context: 'Console', msg: 'Connection terminated\nunexpectedly' });
    expect(entry?.err).toMatchObject({ type: 'Error', stack: expect.stringContaining('console.spec') });
  });

  it('quotes the message of an error among other words, and nothing else of it', () => {
    const error = Object.assign(new Error('duplicate key'), { detail: 'Key (email)=(ada@example.com) already exists.' });
    const entries = logged(() => theirs.error('Retried %d times, and still failed:', 100, error));
    expect(entries).toMatchObject([{ level: 'warn', msg: 'Retried 100 times, and still failed: duplicate key' }]);
    expect(JSON.stringify(entries)).not.toContain('ada@example.com');
  });

  it('takes chatter for what it is, and gives the console back', () => {
    const { log } = theirs;
    expect(logged(() => theirs.log('connected', { to: 1 }))).toMatchObject([{ level: 'debug', msg: 'connected { to: 1 }' }]);
    expect(theirs.log).not.toBe(log);
    restore();
    expect(theirs.log).toBe(log);
  });
});
