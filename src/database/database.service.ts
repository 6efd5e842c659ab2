import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Pool } from 'pg';
import { DataSource, type EntityManager, type EntityTarget, type ObjectLiteral, type Repository } from 'typeorm';
import { Settings } from '../config/settings.js';

interface OpenTransaction {
  manager: EntityManager;
  afterCommit: (() => void)[];
}

/** Access to PostgreSQL for repositories: the open transaction is found by itself, nobody passes a manager along. */
@Injectable()
export class DatabaseService implements OnModuleInit {
  private readonly open = new AsyncLocalStorage<OpenTransaction>();
  private readonly logger = new Logger('Database');

  constructor(
    private readonly source: DataSource,
    private readonly settings: Settings,
  ) {}

  onModuleInit(): void {
    // Without a listener a connection that breaks while idle would end the process.
    this.pool.on('error', (error) => this.logger.warn(`A database connection was lost: ${error.message}`));
  }

  /** Repository of `entity`, inside the open transaction if there is one. */
  repo<E extends ObjectLiteral>(entity: EntityTarget<E>): Repository<E> {
    return (this.open.getStore()?.manager ?? this.source.manager).getRepository(entity);
  }

  /**
   * Runs `work` in one transaction: all of it is committed, or none. A nested call joins the open transaction.
   */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    if (this.open.getStore() !== undefined) return work();
    const afterCommit: (() => void)[] = [];
    const result = await this.source.transaction((manager) => this.open.run({ manager, afterCommit }, work));
    for (const act of afterCommit) act();
    return result;
  }

  /** Runs `act` as soon as the open transaction is committed (never when it is rolled back); at once without one. */
  afterCommit(act: () => void): void {
    const open = this.open.getStore();
    if (open === undefined) act();
    else open.afterCommit.push(act);
  }

  /** Rows of one SQL statement, inside the open transaction if there is one. Values go into `$1`, `$2`, … */
  async query<Row extends ObjectLiteral>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    const open = this.open.getStore();
    if (open === undefined) return (await this.pool.query<Row>(sql, [...values])).rows;
    const result = await open.manager.queryRunner?.query(sql, [...values], true);
    // Of an UPDATE or DELETE without RETURNING, TypeORM's `records` is undefined.
    return (result?.records ?? []) as Row[];
  }

  /**
   * Like `query`, for hot paths: PostgreSQL keeps the plan of a statement under its `name`. Not behind a pooler, which may hand the
   * next statement of a connection to another server, where there is no such name.
   */
  async named<Row extends ObjectLiteral>(name: string, sql: string, values: readonly unknown[]): Promise<Row[]> {
    const behindPooler = this.settings.DATABASE_DIRECT_URL !== undefined;
    if (behindPooler || this.open.getStore() !== undefined) return this.query<Row>(sql, values);
    return (await this.pool.query<Row>({ name, text: sql, values: [...values] })).rows;
  }

  /** Whether a transaction is open for the caller. */
  get inTransaction(): boolean {
    return this.open.getStore() !== undefined;
  }

  private get pool(): Pool {
    return (this.source.driver as unknown as { master: Pool }).master;
  }
}
