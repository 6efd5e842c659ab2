import { type Connection, type FieldDef, type PoolClient, type Submittable, types } from 'pg';
import utils from 'pg/lib/utils.js';

/** State that `pg` keeps about the prepared statements of a connection; its types omit it. */
interface Prepared {
  /** SQL text by name. */
  parsedStatements: Record<string, string>;
  bind(config: object): void;
  parse(config: object): void;
  describe(config: object): void;
  execute(config: object): void;
}

interface Column {
  name: string;
  parse(text: string): unknown;
}

/**
 * The columns of each statement's rows, by connection and name. PostgreSQL refuses to run a prepared statement whose columns have changed.
 */
const columnsKnown = new WeakMap<Connection, Map<string, Column[]>>();

/**
 * One run of a statement that PostgreSQL keeps prepared under its name, for `client.query` (as `pg-cursor` is).
 *
 * `pg` itself requests a description of the columns in each run, which is a large part of the cost of a small statement: without it a
 * SELECT of one row takes a fifth less time in this process and in the database.
 */
export class NamedStatement<Row> implements Submittable {
  /** Called once; `pg` also calls it when the connection is lost. */
  callback: (error: Error | undefined, rows?: Row[]) => void = () => {};
  private connection: Connection | undefined;
  private columns: Column[] | undefined;
  private readonly received: (string | null)[][] = [];

  private readonly values: (string | Buffer | null)[];

  /** @throws TypeError for a value that cannot be sent; thrown here, because a run that `pg` has begun must not be aborted */
  constructor(
    readonly name: string,
    readonly text: string,
    values: readonly unknown[],
  ) {
    this.values = values.map((value) => utils.prepareValue(value));
  }

  /** The rows that it returns. */
  run(client: PoolClient): Promise<Row[]> {
    return new Promise((resolve, reject) => {
      this.callback = (error, rows = []) => (error === undefined ? resolve(rows) : reject(error));
      client.query(this);
    });
  }

  /** @returns the reason why the statement cannot run, otherwise null */
  submit(connection: Connection): Error | null {
    const { name, text, values } = this;
    const server = connection as Connection & Prepared;
    const parsed = server.parsedStatements[name];
    if (parsed !== undefined && parsed !== text) return new Error(`Two statements are called ${name}`);
    this.connection = connection;
    this.columns = columnsKnown.get(connection)?.get(name);
    connection.stream.cork();
    try {
      if (parsed === undefined) server.parse({ name, text });
      server.bind({ statement: name, values });
      if (this.columns === undefined) server.describe({ type: 'P' });
      server.execute({});
      connection.sync();
    } finally {
      connection.stream.uncork();
    }
    return null;
  }

  handleRowDescription({ fields }: { fields: FieldDef[] }): void {
    this.remember(fields.map(({ name, dataTypeID }) => ({ name, parse: types.getTypeParser(dataTypeID, 'text') })));
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    this.received.push(fields);
  }

  handleCommandComplete(): void {
    // A statement that returns nothing has no columns to describe.
    if (this.columns === undefined) this.remember([]);
  }

  handleReadyForQuery(): void {
    let rows: Row[];
    try {
      rows = this.received.map((fields) => this.toRow(fields));
    } catch (error) {
      this.callback(error as Error);
      return;
    }
    this.callback(undefined, rows);
  }

  handleError(error: Error): void {
    this.callback(error);
  }

  private remember(columns: Column[]): void {
    if (this.connection === undefined) return;
    this.columns = columns;
    const known = columnsKnown.get(this.connection) ?? new Map<string, Column[]>();
    columnsKnown.set(this.connection, known.set(this.name, columns));
  }

  private toRow(fields: readonly (string | null)[]): Row {
    const row: Record<string, unknown> = {};
    const columns = this.columns ?? [];
    for (let i = 0; i < columns.length; i += 1) {
      const [column, text] = [columns[i], fields[i]];
      if (column !== undefined) row[column.name] = text == null ? null : column.parse(text);
    }
    return row as Row;
  }
}
