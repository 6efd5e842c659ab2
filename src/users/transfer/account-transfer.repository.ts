import { Injectable } from '@nestjs/common';
import { DatabaseService } from '../../database/database.service.js';
import { FIELD_ROWS } from '../account-fields.js';
import type { AccountRecord } from './account-record.js';
import type { ImportCounts, ImportProgress, NumberedRecord, TakenRecord, UniqueField } from './account-transfer.js';
import { UserImport } from './user-import.entity.js';

/** Name, column and type of each field that stands in `users`, in the order of files. */
const COLUMNS = FIELD_ROWS.filter(([, { table }]) => table === undefined).map(([name, { column, type }]) => [name, column, type] as const);

/** The same with the keys of identifiers. */
const STORED = [...COLUMNS, ...FIELD_ROWS.flatMap(([name, { key }]) => (key === undefined ? [] : [[`${name}Key`, key, 'text'] as const]))];

/** Where a rehearsal notes what it would have stored; gone with its transaction. */
const REHEARSED = 'rehearsed_users';

/** The sequence of `users.number`. */
const NUMBERS = 'users_number_seq';

/** How long a batch waits for a lock, and how long one of its statements may take. */
const BATCH_LOCK_SECONDS = 10;
const BATCH_STATEMENT_SECONDS = 60;

/** Gaps of at most so many numbers are closed by drawing them, which cannot collide with a registration at the same time. */
const MAX_DRAWN_NUMBERS = 10_000;

/** Accounts by the thousand, in and out. */
@Injectable()
export class AccountTransferRepository {
  constructor(private readonly database: DatabaseService) {}

  /** Nobody waits for an answer here: a batch may take its time, and wait for whoever registers meanwhile. */
  async beginBatch(): Promise<void> {
    await this.database.query(`SET LOCAL lock_timeout = '${BATCH_LOCK_SECONDS}s'`);
    await this.database.query(`SET LOCAL statement_timeout = '${BATCH_STATEMENT_SECONDS}s'`);
    // A batch that a crash of the database takes along takes the note that it was done along; the next run repeats both.
    await this.database.query('SET LOCAL synchronous_commit = off');
  }

  /**
   * Stores records as they are; joins the caller's transaction. The sequence of numbers moves behind the largest one first, so that
   * who registers meanwhile gets a number behind them.
   * @returns ids of those that were stored: not those that lost a race against somebody who registered
   */
  async insert(records: readonly AccountRecord[]): Promise<Set<string>> {
    await this.advanceNumbers(Math.max(0, ...records.map(({ number }) => number ?? 0)));
    const names = STORED.map(([, column]) => column);
    const values = STORED.map(([field, , type]) => read(field, type));
    const rows = await this.database.query<{ id: string }>(
      `WITH r AS MATERIALIZED (SELECT ${values.map((value, index) => `${value} AS ${names[index]}`).join(', ')},
                ${read('lastSignInAt', 'timestamptz')} AS last_sign_in_at FROM jsonb_array_elements($1::jsonb) AS r(r)),
       added AS (
         INSERT INTO users (${names.join(', ')})
         SELECT ${names.map((name) => (name === 'number' ? `coalesce(number, nextval('${NUMBERS}'))` : name)).join(', ')}
         FROM r ON CONFLICT DO NOTHING RETURNING id),
       used AS (INSERT INTO user_activity (user_id, last_sign_in_at)
         SELECT id, last_sign_in_at FROM r JOIN added USING (id) WHERE last_sign_in_at IS NOT NULL)
       SELECT id FROM added`,
      [JSON.stringify(records)],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** Which of these records have something that an account has already, or that a rehearsal in this transaction has noted. */
  async findTaken(records: readonly NumberedRecord[], rehearsed: boolean): Promise<TakenRecord[]> {
    const has = (column: string): string => {
      const equal = `SELECT FROM users u WHERE u.${column} = r.${column}`;
      return rehearsed ? `(EXISTS (${equal}) OR EXISTS (${equal.replace('users u', `${REHEARSED} u`)}))` : `EXISTS (${equal})`;
    };
    const held = `EXISTS (SELECT FROM held_emails h WHERE h.email_key = r.email_key AND h.user_id <> r.id AND h.held_until > now())`;
    const conditions: Record<UniqueField, string> = {
      id: has('id'),
      number: has('number'),
      username: has('username_key'),
      email: `(${has('email_key')} OR ${held})`,
      mobile: has('mobile_key'),
    };
    const fields = Object.entries(conditions).map(([field, condition]) => `CASE WHEN ${condition} THEN '${field}' END`);
    return this.database.query<TakenRecord>(
      `SELECT * FROM (
         SELECT line, array_remove(ARRAY[${fields.join(', ')}], NULL) AS fields
         FROM jsonb_to_recordset($1::jsonb) AS r(line integer, id uuid, number integer, username_key text COLLATE "C",
           email_key text COLLATE "C", mobile_key text COLLATE "C")) AS looked WHERE fields <> '{}'`,
      [JSON.stringify(records.map(toKeys))],
    );
  }

  /** Makes the place where a rehearsal notes what it would have stored. */
  async beginRehearsal(): Promise<void> {
    await this.database.query(
      `CREATE TEMPORARY TABLE ${REHEARSED} (id uuid UNIQUE, number integer UNIQUE, username_key text COLLATE "C" UNIQUE,
         email_key text COLLATE "C" UNIQUE, mobile_key text COLLATE "C" UNIQUE) ON COMMIT DROP`,
    );
  }

  async rehearse(records: readonly NumberedRecord[]): Promise<void> {
    await this.database.query(
      `INSERT INTO ${REHEARSED} SELECT * FROM jsonb_to_recordset($1::jsonb)
         AS r(id uuid, number integer, username_key text, email_key text, mobile_key text)`,
      [JSON.stringify(records.map(toKeys))],
    );
  }

  /** All that is read in the caller's transaction is of this moment; it writes nothing. */
  async beginSnapshot(): Promise<void> {
    await this.database.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
  }

  /** Accounts after a number, each as a line of JSON with the fields of files; times with all their digits. */
  findLines(afterNumber: number, limit: number): Promise<{ number: number; line: string }[]> {
    const selected = COLUMNS.map(([field, column, type]) => `${write(`u.${column}`, type)} AS "${field}"`);
    return this.database.query<{ number: number; line: string }>(
      `SELECT r.number, row_to_json(r)::text AS line FROM (
         SELECT ${selected.join(', ')}, ${write('a.last_sign_in_at', 'timestamptz')} AS "lastSignInAt"
         FROM users u LEFT JOIN user_activity a ON a.user_id = u.id WHERE u.number > $1 ORDER BY u.number LIMIT $2) AS r`,
      [afterNumber, limit],
    );
  }

  findProgress(id: string): Promise<ImportProgress | null> {
    return this.imports.findOne({ select: { records: true, counts: true }, where: { id } });
  }

  /** Notes how far an import is; false when it is not where it was left, for another process goes on with it. */
  async saveProgress(id: string, formerRecords: number, records: number, counts: ImportCounts): Promise<boolean> {
    if (formerRecords > 0) {
      const { affected } = await this.imports.update({ id, records: formerRecords }, { records, counts });
      return affected === 1;
    }
    const begun = await this.imports.createQueryBuilder().insert().values({ id, records, counts }).orIgnore().returning('id').execute();
    return (begun.raw as object[]).length > 0;
  }

  async forgetProgress(id: string): Promise<void> {
    await this.imports.delete({ id });
  }

  /**
   * So that searches are planned for as many rows as there are now, and find them in the index of trigrams rather than in the list of
   * what has yet to be put there.
   */
  async analyze(): Promise<void> {
    await this.database.transaction(async () => {
      await this.database.query('SET LOCAL statement_timeout = 0');
      await this.database.query(
        `SELECT gin_clean_pending_list(oid) FROM pg_class WHERE oid = to_regclass('ix_users_search') AND pg_has_role(relowner, 'USAGE')`,
      );
      await this.database.query('ANALYZE users, user_activity');
    });
  }

  private async advanceNumbers(largest: number): Promise<void> {
    const [numbers] = await this.database.query<{ gap: number }>(
      `SELECT ($1::bigint - last_value + CASE WHEN is_called THEN 0 ELSE 1 END)::float8 AS gap FROM ${NUMBERS}`,
      [largest],
    );
    const gap = numbers?.gap ?? 0;
    if (gap > MAX_DRAWN_NUMBERS) await this.database.query(`SELECT setval('${NUMBERS}', $1)`, [largest]);
    else if (gap > 0) await this.database.query(`SELECT max(nextval('${NUMBERS}')) FROM generate_series(1, $1::int)`, [gap]);
  }

  private get imports() {
    return this.database.repo(UserImport);
  }
}

function toKeys({ line, record }: NumberedRecord): object {
  const { id, number, usernameKey, emailKey, mobileKey } = record;
  return { line, id, number, username_key: usernameKey, email_key: emailKey, mobile_key: mobileKey };
}

/** A field of the record `r` in a statement. */
function read(field: string, type: string): string {
  if (type === 'jsonb') return `r -> '${field}'`;
  return type === 'text[]' ? `ARRAY(SELECT jsonb_array_elements_text(r -> '${field}'))` : `(r ->> '${field}')::${type}`;
}

/** A column as it is written to files. */
function write(column: string, type: string): string {
  return type === 'timestamptz' ? `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')` : column;
}
