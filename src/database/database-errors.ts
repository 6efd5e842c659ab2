/** The fields of PostgreSQL's errors that this file reads. */
interface PostgresError {
  code?: string;
  /** For socket errors: the failed system call. */
  syscall?: string;
  constraint?: string;
}

const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';

/**
 * SQLSTATE classes and codes, and socket errors, that mean "the database is unreachable" or "overloaded", not "the statement is wrong":
 * shutdown (57P0x), no more connections (53300), read-only after a failover (25006), a lock or a statement that took too long (55P03,
 * 57014), a deadlock (40P01). The statement had no effect, and a retry can succeed.
 */
const UNAVAILABLE = new Set(['57P01', '57P02', '57P03', '53300', '25006', '55P03', '57014', '40P01', 'ECONNRESET', 'EPIPE']);

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
  return HARMLESS.test(postgresError(error)?.code ?? '');
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

/** Whether `error` means that the database is unreachable or accepts no more connections. */
export function isUnavailable(error: unknown): boolean {
  const { code, syscall } = postgresError(error) ?? {};
  if (syscall === 'connect' || syscall === 'getaddrinfo') return true;
  if (code !== undefined && (UNAVAILABLE.has(code) || code.startsWith('08'))) return true;
  return (
    error instanceof Error &&
    /timeout exceeded when trying to connect|Connection terminated|not queryable|the database system is/i.test(error.message)
  );
}

function postgresError(error: unknown): PostgresError | undefined {
  if (!(error instanceof Error)) return undefined;
  // TypeORM wraps the driver's error.
  const driver = (error as { driverError?: PostgresError }).driverError;
  return driver ?? (error as PostgresError);
}
