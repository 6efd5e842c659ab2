import { Injectable } from '@nestjs/common';
import { DatabaseService } from '../../database/database.service.js';
import { FIELD_ROWS } from '../account-fields.js';
import type { AccountRecord } from './account-record.js';
import type { ImportCounts, ImportProgress, NumberedRecord, TakenRecord, UniqueField } from './account-transfer.js';
import { UserImport } from './user-import.entity.js';

/** Name, column and type of each field in the table `users`, in the order of files. */
const COLUMNS = FIELD_ROWS.filter(([, { table, written }]) => table === undefined && written.includes('import')).map(
  ([name, { column, type }]) => [name, column, type] as const,
);

/** The same, with the key columns of identifiers. */
const STORED = [...COLUMNS, ...FIELD_ROWS.flatMap(([name, { key }]) => (key === undefined ? [] : [[`${name}Key`, key, 'text'] as const]))];

/**
 * What files hold of a field in place of its column. Secrets of second factors are in a file only when the operator asks for them, and an
 * import may lack the key that opens them: an account that required a factor because it has an authenticator app then demands that another
 * is set up when it signs in, instead of doing without.
 */
const AS_WRITTEN: Readonly<Partial<Record<string, string>>> = {
  mfaRequiredAt: `CASE WHEN 'totp' = ANY (u.factors) THEN coalesce(u.mfa_required_at, now()) ELSE u.mfa_required_at END`,
};

/** Temporary table of a dry run: the records that an import would have stored. It is dropped with the transaction. */
const REHEARSED = 'rehearsed_users';

/** The sequence of `users.number`. */
const NUMBERS = 'users_number_seq';

/** Maximum wait of a batch for a lock, and maximum duration of one of its statements. */
const BATCH_LOCK_SECONDS = 10;
const BATCH_STATEMENT_SECONDS = 60;

/**
 * Up to this gap, numbers are drawn from the sequence one by one, which cannot collide with a concurrent registration; above it, the
 * sequence is set.
 */
const MAX_DRAWN_NUMBERS = 10_000;

/** Statements that read and write accounts in batches of thousands. */
@Injectable()
export class AccountTransferRepository {
  constructor(private readonly database: DatabaseService) {}

  /** Gives a batch longer limits than a request: nobody waits for its answer, and it may have to wait for concurrent registrations. */
  async beginBatch(): Promise<void> {
    await this.database.query(`SET LOCAL lock_timeout = '${BATCH_LOCK_SECONDS}s'`);
    await this.database.query(`SET LOCAL statement_timeout = '${BATCH_STATEMENT_SECONDS}s'`);
    // If PostgreSQL crashes, a committed batch may be lost, but its progress is lost with it: the next run repeats both.
    await this.database.query('SET LOCAL synchronous_commit = off');
  }

  /**
   * Stores records unchanged; joins the caller's transaction. First advances the sequence beyond the largest number, so that a concurrent
   * registration gets a higher one.
   * @returns ids of the stored records; the others lost a race against a registration
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

  /** The records that share a unique value with an account, or with an earlier record of this dry run. */
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

  /** Creates the temporary table of a dry run. */
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

  /** The caller's transaction becomes read-only and sees one snapshot of the database. */
  async beginSnapshot(): Promise<void> {
    await this.database.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
  }

  /** Accounts with a higher number, each as a line of JSON with the fields of files; times keep all their digits. */
  findLines(afterNumber: number, limit: number): Promise<{ number: number; line: string }[]> {
    const selected = COLUMNS.map(([field, column, type]) => `${write(AS_WRITTEN[field] ?? `u.${column}`, type)} AS "${field}"`);
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

  /** Stores the progress of an import. @returns false if another process has advanced the import since */
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
   * Updates the statistics of the planner, and moves the pending entries of the trigram index into the index, where searches find them
   * faster.
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

/** SQL that reads a field of the record `r`. */
function read(field: string, type: string): string {
  if (type === 'jsonb') return `r -> '${field}'`;
  return type === 'text[]' ? `ARRAY(SELECT jsonb_array_elements_text(r -> '${field}'))` : `(r ->> '${field}')::${type}`;
}

/** SQL that writes a column to a file. */
function write(column: string, type: string): string {
  return type === 'timestamptz' ? `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')` : column;
}
