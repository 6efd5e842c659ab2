import { describe, expect, it } from 'vitest';
import { QueryFailedError, QueryRunnerAlreadyReleasedError } from 'typeorm';
import { isUnavailable, mayHaveHappened, mayHaveWritten, mayWrite, noteUndone } from '../../../src/database/database-errors.js';

const withCode = (code: string, more: object = {}): Error => Object.assign(new Error('no'), { code, ...more });
const failed = (sql: string, error: Error): QueryFailedError => new QueryFailedError(sql, [], error);

describe('an error of the database', () => {
  const refused = [
    '08006',
    '08P01',
    '40001',
    '40P01',
    '53100',
    '53200',
    '53300',
    '53400',
    '57014',
    '57P01',
    '57P03',
    '58030',
    '25006',
    '55P03',
  ];
  it.each(refused)('%s is a matter of time', (code) => {
    expect(isUnavailable(withCode(code))).toBe(true);
    expect(isUnavailable(failed('SELECT 1', withCode(code)))).toBe(true);
  });

  it.each(['22001', '23505', '25P02', '42P01', '42703', '54000', '55006', '58P01', 'XX000', 'XX001'])('%s is not', (code) => {
    expect(isUnavailable(withCode(code))).toBe(false);
  });

  it('about a statement with a wrong number of values is a bug, although a lost protocol has the same SQLSTATE', () => {
    const malformed = failed('UPDATE users SET version = $1', withCode('08P01', { severity: 'ERROR' }));
    expect([isUnavailable(malformed), mayHaveHappened(malformed), mayHaveWritten(malformed)]).toEqual([false, false, false]);
    expect(isUnavailable(withCode('08P01', { severity: 'FATAL' }))).toBe(true);
  });

  it('of a socket is a matter of time, one of a file is not', () => {
    for (const code of ['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETDOWN', 'EAI_AGAIN', 'ENOTFOUND'])
      expect(isUnavailable(withCode(code))).toBe(true);
    for (const code of ['ENOSPC', 'EACCES', 'ENOENT']) expect(isUnavailable(withCode(code, { syscall: 'write' }))).toBe(false);
  });

  const unsent = [
    new QueryRunnerAlreadyReleasedError(),
    new Error('timeout exceeded when trying to connect'),
    new Error('Client has encountered a connection error and is not queryable'),
    new Error('Connection terminated: no server accepts writes (db:5432: it accepts no writes)'),
    new Error('Connection terminated before a server was found'),
    withCode('ECONNREFUSED', { syscall: 'connect' }),
    withCode('ENOTFOUND', { syscall: 'getaddrinfo' }),
  ];
  it('about a statement that was not sent proves that nothing was done', () => {
    for (const error of unsent) expect([isUnavailable(error), mayHaveHappened(error)]).toEqual([true, false]);
  });

  const lost = [
    new Error('Connection terminated unexpectedly'),
    withCode('ECONNRESET', { syscall: 'read' }),
    withCode('57P01'),
    withCode('08007'),
    withCode('40003'),
  ];
  it('about a connection lost on the way leaves open what was done', () => {
    for (const error of lost) expect([isUnavailable(error), mayHaveHappened(error)]).toEqual([true, true]);
  });

  it('that the server answered with proves that nothing was done', () => {
    for (const code of ['53100', '40001', '57014', '55P03']) expect(mayHaveHappened(withCode(code))).toBe(false);
  });

  it('of a statement of its own counts as unknown only if the statement writes and no transaction was rolled back', () => {
    const [cut] = lost as [Error];
    expect(mayHaveWritten(failed('UPDATE users SET version = 2', cut))).toBe(true);
    expect(mayHaveWritten(failed('SELECT 1', cut))).toBe(false);
    const inside = failed('UPDATE users SET version = 2', cut);
    noteUndone(inside);
    expect(mayHaveWritten(inside)).toBe(false);
  });

  it('is told by the statement whether it writes', () => {
    for (const sql of ['INSERT INTO a', 'WITH b AS (DELETE FROM a) SELECT 1', 'update a set b', 'MERGE INTO a'])
      expect(mayWrite(sql)).toBe(true);
    for (const sql of ['SELECT updated_at FROM a', 'SELECT 1 FROM a FOR UPDATE OF a', 'SELECT 1 FOR NO KEY UPDATE'])
      expect(mayWrite(sql)).toBe(false);
  });
});
