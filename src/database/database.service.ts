import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';
import { DataSource, type EntityManager, type EntityTarget, type ObjectLiteral, type Repository } from 'typeorm';
import { OutcomeUnknownError } from '../common/errors.js';
import { Settings } from '../config/settings.js';
import { POOL_WAIT_MS } from './data-source.js';
import { isOutdatedPlan, mayHaveHappened, mayWrite, noteUndone, sparesConnection } from './database-errors.js';
import { NamedStatement } from './named-statement.js';
import { type Part, joinParts } from './part.js';

interface OpenTransaction {
  source: DataSource;
  manager: EntityManager;
  afterCommit: (() => void)[];
}

/** One for all servers of a process: in Node 20, each storage that was ever used makes every promise a little slower. */
const openTransaction = new AsyncLocalStorage<OpenTransaction | undefined>();

const ignore = (): void => {};

/** Access to PostgreSQL for repositories. It finds the open transaction by itself, so that callers do not pass a manager. */
@Injectable()
export class DatabaseService implements OnModuleInit {
  private readonly logger = new Logger('Database');
  /** How often the plan of a named statement has become outdated. */
  private readonly generations = new Map<string, number>();

  constructor(
    private readonly source: DataSource,
    private readonly settings: Settings,
  ) {}

  onModuleInit(): void {
    // Without a listener, an idle connection that breaks would end the process.
    this.pool.on('error', (error) => this.logger.warn(`A database connection was lost: ${error.message}`));
  }

  /** Ends the patience of the start: from now on it is requests that wait for a connection. */
  serve(): void {
    this.pool.options.connectionTimeoutMillis = POOL_WAIT_MS;
  }

  /** Repository of `entity`, inside the open transaction if there is one. */
  repo<E extends ObjectLiteral>(entity: EntityTarget<E>): Repository<E> {
    return (this.current?.manager ?? this.source.manager).getRepository(entity);
  }

  /**
   * Runs `work` in one transaction: everything is committed, or nothing. A nested call joins the open transaction.
   * @throws OutcomeUnknownError if the connection is lost during the commit; what `work` throws
   */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    if (this.current !== undefined) return work();
    const afterCommit: (() => void)[] = [];
    let committing = false;
    let result: T;
    try {
      result = await this.source.transaction(async (manager) => {
        const done = await openTransaction.run({ source: this.source, manager, afterCommit }, work);
        committing = true;
        return done;
      });
    } catch (error) {
      if (committing && mayHaveHappened(error)) throw new OutcomeUnknownError(error);
      noteUndone(error);
      throw error;
    }
    for (const act of afterCommit) act();
    return result;
  }

  /** Runs `work` inside the open transaction of `manager`, which the caller commits. */
  inside<T>(manager: EntityManager, work: () => Promise<T>): Promise<T> {
    return openTransaction.run({ source: this.source, manager, afterCommit: [] }, work);
  }

  /** Runs `work` outside the caller's transaction, because it also serves other callers. */
  apart<T>(work: () => Promise<T>): Promise<T> {
    return openTransaction.run(undefined, work);
  }

  /** Runs `act` after the open transaction has committed (never if it is rolled back); without a transaction at once. */
  afterCommit(act: () => void): void {
    const { current } = this;
    if (current === undefined) act();
    else current.afterCommit.push(act);
  }

  /** Rows of one SQL statement, inside the open transaction if there is one. Values go into `$1`, `$2`, … */
  async query<Row extends ObjectLiteral>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    const { current } = this;
    if (current === undefined) return this.onConnection(sql, async (client) => (await client.query<Row>(sql, [...values])).rows);
    const result = await current.manager.queryRunner?.query(sql, [...values], true);
    // For an UPDATE or DELETE without RETURNING, TypeORM's `records` is undefined.
    return (result?.records ?? []) as Row[];
  }

  /**
   * Like `query`, for hot paths: PostgreSQL keeps the plan of a statement under its `name`. Not behind a pooler: it may send the next
   * statement to another server connection, which does not know the name.
   */
  async named<Row extends ObjectLiteral>(name: string, sql: string, values: readonly unknown[]): Promise<Row[]> {
    if (this.settings.DATABASE_DIRECT_URL !== undefined) return this.query<Row>(sql, values);
    const generation = this.generations.get(name) ?? 0;
    const statement = new NamedStatement<Row>(generation === 0 ? name : `${name} (${generation})`, sql, values);
    const runner = this.current?.manager.queryRunner;
    try {
      return await (runner === undefined
        ? this.onConnection(sql, (client) => statement.run(client))
        : statement.run((await runner.connect()) as PoolClient));
    } catch (error) {
      // A migration changed a column that it returns: from now on it is prepared anew, also on connections that a transaction keeps.
      if (isOutdatedPlan(error)) this.generations.set(name, generation + 1);
      throw error;
    }
  }

  /**
   * Sends several statements as one, with one round trip and one commit: all take effect, or none. A part can read the rows that earlier
   * parts return, by their names; it sees nothing else of what they have written. `answer` is a SELECT over the parts. The SQL of a part
   * must always be the same under the same name.
   */
  async together<Row extends ObjectLiteral>(name: string, parts: readonly Part[], answer: string): Promise<Row[]> {
    const { sql, values } = joinParts(parts, answer);
    return this.named<Row>(`${name}: ${parts.map(({ as }) => as).join()}`, sql, values);
  }

  /** The columns of an entity, aliased to its property names, for a SELECT whose rows need no hydration by TypeORM. */
  columnsOf<E extends ObjectLiteral>(entity: EntityTarget<E>): string {
    const { columns } = this.source.getMetadata(entity);
    return columns.map(({ databaseName, propertyName }) => `"${databaseName}" AS "${propertyName}"`).join(', ');
  }

  /** Whether the caller has an open transaction. */
  get inTransaction(): boolean {
    return this.current !== undefined;
  }

  private get current(): OpenTransaction | undefined {
    const open = openTransaction.getStore();
    return open?.source === this.source ? open : undefined;
  }

  /**
   * Runs a statement on a connection of the pool. `pool.query` would close the connection after every failure: the next request would wait
   * for a new one, and its duration would reveal whether an address was taken.
   * @throws OutcomeUnknownError if the connection is lost while a statement runs that changes something
   */
  private async onConnection<T>(sql: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    // The work gets the error as well; without a listener a broken connection would end the process.
    client.on('error', ignore);
    let failure: unknown;
    try {
      return await work(client);
    } catch (error) {
      failure = error;
      throw mayHaveHappened(error) && mayWrite(sql) ? new OutcomeUnknownError(error) : error;
    } finally {
      client.off('error', ignore);
      client.release(failure === undefined || sparesConnection(failure) ? undefined : (failure as Error));
    }
  }

  private get pool(): Pool {
    return (this.source.driver as unknown as { master: Pool }).master;
  }
}
