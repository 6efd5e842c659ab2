import { AsyncLocalStorage } from 'node:async_hooks';
import { Client } from 'pg';

const watched = new AsyncLocalStorage<string[]>();
const query = Client.prototype.query as (...args: unknown[]) => unknown;

Client.prototype.query = function observed(this: Client, ...args: unknown[]): unknown {
  const [statement] = args;
  watched.getStore()?.push(typeof statement === 'string' ? statement : String((statement as { text?: string }).text));
  return query.apply(this, args);
} as typeof Client.prototype.query;

/**
 * The SQL statements that `work` causes in this process, in order. What timers send meanwhile (heartbeats, mail, housekeeping) is
 * not among them: statements are told apart by where they were started from.
 */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  await watched.run(statements, work);
  return statements.map((statement) => statement.replaceAll(/\s+/g, ' ').trim());
}
