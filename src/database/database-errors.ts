import { QueryFailedError, QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';

/** The fields of PostgreSQL's errors that this file reads. */
interface PostgresError {
  message?: string;
  code?: string;
  /** `ERROR` if the connection lives on, `FATAL` if it ends; in the language of the server's messages. */
  severity?: string;
  /** For socket errors: the failed system call. */
  syscall?: string;
  constraint?: string;
}

const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';

/** With this one, functions of ours refuse; PostgreSQL itself gives violations more specific ones. */
const REFUSED_BY_FUNCTION = '23000';

/**
 * SQLSTATEs with which the server refuses or breaks off work that is not wrong in itself, so that the same request can succeed later. Whole
 * classes, as "PostgreSQL Error Codes" in its manual defines them: 08 connection exceptions (poolers use them too), 40 transactions rolled back
 * for the sake of others, 53 insufficient resources (no disk, memory or connection), 57 interventions by operators and time limits, 58 errors
 * of the system below PostgreSQL. Of other classes: read-only after a failover (25006), limits for idle and long transactions (25P03, 25P04), and
 * a lock that took too long (55P03). What does not pass by itself is none of these: class XX (internal errors, corrupt data), and 58P01, a file
 * of a table or a library that is missing.
 */
const REFUSED = /^(?:(?:08|40|53|57)...|58\d{3}|25006|25P0[34]|55P03)$/;

/** SQLSTATEs of answers that do not tell whether the statement took effect: 08007 and 40003 say so, the others end the connection meanwhile. */
const UNTOLD = /^(?:08...|40003|57P0[1-5])$/;

/** Errors of sockets; file systems have other codes. */
const SOCKET_ERROR = /^(?:ECONN|EPIPE$|ETIMEDOUT$|EHOST|ENET|EAI_|ENOTFOUND$)/;

/** Messages of `pg` without a code, about a connection that was lost. */
const LOST = /^Connection terminated/;

/** Messages of `pg` and `pg-pool` without a code, about a statement that was not sent. */
const UNSENT =
  /timeout exceeded when trying to connect|not queryable|terminated due to connection timeout|calling end on the pool|no server accepts writes|before a server was found/i;

/** A connection that speaks nonsense is cut off with this SQLSTATE. A statement with a wrong number of values gets it, too: a bug of ours. */
const PROTOCOL_VIOLATION = '08P01';

/** "cached plan must not change result type" is a feature that is not supported. */
const OUTDATED_PLAN = '0A000';

/** Statements that may change something, given the text. `FOR UPDATE` only locks. */
const WRITES = /\b(?:insert|delete|merge)\b|(?<!\bfor |\bfor no key )\bupdate\b/i;

/** Errors inside of transactions that were rolled back. */
const undone = new WeakSet<object>();

const CROWDED_OUT = new Set(['55P03', '40P01']);

/**
 * SQLSTATE classes and codes of errors that leave a connection usable: values that cannot be stored (22, 23), or a statement that was
 * cancelled (lock or statement timeout, deadlock).
 */
const HARMLESS = /^(?:2[23]...|55P03|57014|40P01)$/;

/**
 * Whether the connection is still usable after `error`. After all other errors the connection is treated as broken, also after one about an
 * outdated prepared statement, which a new connection prepares again.
 */
export function sparesConnection(error: unknown): boolean {
  return HARMLESS.test(codeOf(error));
}

/** Whether a prepared statement returns other columns than when it was prepared: a migration has changed them. */
export function isOutdatedPlan(error: unknown): boolean {
  return codeOf(error) === OUTDATED_PLAN;
}

/** Whether `error` is a violation of the unique constraint or index `name`. */
export function isUniqueViolation(error: unknown, name: string): boolean {
  const found = postgresError(error);
  return found?.code === UNIQUE_VIOLATION && found.constraint === name;
}

/** Whether `error` is a violation of a foreign key whose name matches: the referenced row was deleted meanwhile. */
export function isForeignKeyViolation(error: unknown, name: RegExp): boolean {
  const found = postgresError(error);
  return found?.code === FOREIGN_KEY_VIOLATION && name.test(found.constraint ?? '');
}

/** Whether a function in the database refused, under the name of a rule. */
export function isRefusedBy(error: unknown, rule: string): boolean {
  const found = postgresError(error);
  return found?.code === REFUSED_BY_FUNCTION && found.constraint === rule;
}

/** Whether `error` means that other transactions kept a lock for too long, or were in a deadlock with this one. */
export function isCrowdedOut(error: unknown): boolean {
  return CROWDED_OUT.has(codeOf(error));
}

/**
 * Whether `error` means that the connection to the database broke or that the database could not serve, not that the statement is wrong.
 * Whether something was done: `mayHaveHappened`.
 */
export function isUnavailable(error: unknown): boolean {
  return (REFUSED.test(codeOf(error)) && !isMalformed(error)) || isLost(error) || isUnsent(error);
}

/**
 * Whether `error` leaves open if a statement outside of a transaction, or a COMMIT, took effect: the connection was lost after it was sent and
 * before the answer came.
 */
export function mayHaveHappened(error: unknown): boolean {
  return (isLost(error) || (UNTOLD.test(codeOf(error)) && !isMalformed(error))) && !isUnsent(error);
}

/** Notes that `error` came out of a transaction that was not committed. */
export function noteUndone(error: unknown): void {
  if (error instanceof Error) undone.add(error);
}

/** Whether a statement of a repository, outside of a transaction, may have changed something although it failed. */
export function mayHaveWritten(error: unknown): boolean {
  return error instanceof QueryFailedError && !undone.has(error) && mayWrite(error.query) && mayHaveHappened(error);
}

/** Whether a statement may change something. */
export function mayWrite(sql: string): boolean {
  return WRITES.test(sql);
}

/** The connection broke, and no answer came. */
function isLost(error: unknown): boolean {
  const { code = '', message = '' } = postgresError(error) ?? {};
  return SOCKET_ERROR.test(code) || LOST.test(message);
}

/** The statement never reached the database. */
function isUnsent(error: unknown): boolean {
  // TypeORM gives a connection back as soon as it breaks, in the middle of a transaction too.
  if (error instanceof QueryRunnerAlreadyReleasedError || error instanceof QueryRunnerProviderAlreadyReleasedError) return true;
  const { syscall = '', message = '' } = postgresError(error) ?? {};
  return syscall === 'connect' || syscall === 'getaddrinfo' || UNSENT.test(message);
}

/** The server took a statement for malformed, and kept the connection. */
function isMalformed(error: unknown): boolean {
  return codeOf(error) === PROTOCOL_VIOLATION && postgresError(error)?.severity === 'ERROR';
}

function codeOf(error: unknown): string {
  return postgresError(error)?.code ?? '';
}

function postgresError(error: unknown): PostgresError | undefined {
  if (!(error instanceof Error)) return undefined;
  // TypeORM wraps the driver's error.
  const driver = (error as { driverError?: PostgresError }).driverError;
  return driver ?? error;
}
