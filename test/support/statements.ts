import { AsyncLocalStorage } from 'node:async_hooks';
import { Client } from 'pg';

/** A statement as sent to PostgreSQL. */
export interface Statement {
  sql: string;
  values: readonly unknown[];
}

const watched = new AsyncLocalStorage<Statement[]>();
const query = Client.prototype.query as (...args: unknown[]) => unknown;

Client.prototype.query = function observed(this: Client, ...args: unknown[]): unknown {
  watched.getStore()?.push(toStatement(args));
  return query.apply(this, args);
} as typeof Client.prototype.query;

function toStatement([statement, values]: unknown[]): Statement {
  if (typeof statement === 'string') return { sql: statement, values: Array.isArray(values) ? values : [] };
  const { text = '', values: own = [] } = statement as { text?: string; values?: readonly unknown[] };
  return { sql: text, values: own };
}

/**
 * The SQL statements that `work` causes in this process, in order. Statements of timers (heartbeats, mail, housekeeping) are not included,
 * because they belong to another async context.
 */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  return (await statementsWithValuesOf(work)).map(({ sql }) => sql.replaceAll(/\s+/g, ' ').trim());
}

/** The same statements with unchanged white space and with their values. */
export async function statementsWithValuesOf(work: () => Promise<unknown>): Promise<Statement[]> {
  const statements: Statement[] = [];
  await watched.run(statements, work);
  return statements;
}
