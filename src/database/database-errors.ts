/** The fields of PostgreSQL's errors that are looked at. */
interface PostgresError {
  code?: string;
  /** Of socket errors: what failed. */
  syscall?: string;
  constraint?: string;
}

const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';

/**
 * SQLSTATE classes and codes, and socket errors, that mean "the database is away" or "it is overloaded", not "the statement is
 * wrong": shutdown (57P0x), no more connections (53300), read-only after a failover (25006), a lock or a statement that took too
 * long (55P03, 57014), two requests that waited for each other (40P01): nothing was done, trying again works.
 */
const UNAVAILABLE = new Set(['57P01', '57P02', '57P03', '53300', '25006', '55P03', '57014', '40P01', 'ECONNRESET', 'EPIPE']);

/**
 * SQLSTATE classes and codes of errors that leave a connection as it was: values that cannot be stored (22, 23), or a statement that
 * gave up (a lock or all of it took too long, two waited for each other).
 */
const HARMLESS = /^(?:2[23]...|55P03|57014|40P01)$/;

/**
 * Whether `error` says nothing about the connection on which it happened. Of others it is better taken for broken: also of a prepared
 * statement that is out of date, which a new connection prepares anew.
 */
export function sparesConnection(error: unknown): boolean {
  return HARMLESS.test(postgresError(error)?.code ?? '');
}

/** Whether `error` breaks the unique constraint or index `name`. */
export function isUniqueViolation(error: unknown, name: string): boolean {
  const found = postgresError(error);
  return found?.code === UNIQUE_VIOLATION && found.constraint === name;
}

/** Whether `error` breaks a foreign key whose name matches: what a row was to belong to has gone meanwhile. */
export function isForeignKeyViolation(error: unknown, name: RegExp): boolean {
  const found = postgresError(error);
  return found?.code === FOREIGN_KEY_VIOLATION && name.test(found.constraint ?? '');
}

/** Whether `error` says that the database cannot be reached or takes no more connections. */
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
