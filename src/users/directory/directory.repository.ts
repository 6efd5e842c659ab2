import { Injectable } from '@nestjs/common';
import { ROLES, type Role } from '../../common/access.js';
import { DatabaseService } from '../../database/database.service.js';
import { escapeLike } from '../../database/like.js';
import { rowOf } from '../account-fields.js';
import { type FieldsShown, type Told, fieldsShown } from '../field-sets.js';
import type { AccountFilter, AccountOrder } from './directory.js';

/** Up to this number of matching rows are gathered and sorted; see `findContaining`. */
const MAX_CANDIDATES = 1_000;

/** Number of rows that are scanned first, which suffices for a frequent text; see `findContaining`. */
const SHORT_WALK = 1_000;

/** Position of an account in a list. */
export interface Place {
  id: string;
  /** Value of the order's column, as text without loss of digits. Accounts with equal values are ordered by id. */
  key: string;
}

/**
 * The row of an account as administrators see it. Times are in PostgreSQL's format, UTC, with microseconds: `2026-03-01 09:30:00.123456`.
 */
export interface DirectoryRow extends Omit<Told<'directory'>, 'roles' | 'factors'> {
  /** Name of the stored picture. */
  avatar: string | null;
  /** PostgreSQL's array format, in braces. */
  roles: string;
  factors: string;
  hasPassword: boolean;
  passwordLocked: boolean;
  /** Value of the order's column, for orders other than by id or time. */
  key?: string;
}

/** Page sizes with prepared statements: usual sizes, each plus the one row that tells whether another page follows. */
const PAGE_SIZES = [21, 51, 101];

/** The list's orders; each has an index on (column, id). A JavaScript Date would lose the microseconds of times, so they are text. */
const ORDERS = {
  id: { column: 'u.id', type: 'uuid', newestFirst: false },
  email: { column: 'u.email_key', type: 'text', newestFirst: false },
  username: { column: 'u.username_key', type: 'text', newestFirst: false },
  mobile: { column: 'u.mobile_key', type: 'text', newestFirst: false },
  name: { column: 'u.name_key', type: 'text', newestFirst: false },
  created: { column: 'u.created_at', type: 'timestamptz', newestFirst: true },
  'last-sign-in': { column: 'a.last_sign_in_at', type: 'timestamptz', newestFirst: true },
} as const satisfies Record<AccountOrder, { column: string; type: string; newestFirst: boolean }>;

/**
 * The SQL condition of each filter. Filters that match few accounts repeat the condition of their partial index literally, as the planner
 * requires.
 */
const CONDITIONS = {
  search: (filter, bind) => {
    const pattern = `lower(${bind(`%${escapeLike(String(filter.search))}%`)})`;
    return `to_trigram_text(u.search) LIKE to_trigram_text(${pattern}) AND u.search LIKE ${pattern}`;
  },
  email: (filter, bind) => `u.email_key LIKE ${bind(`${escapeLike(String(filter.email))}%`)}`,
  username: (filter, bind) => `u.username_key LIKE ${bind(`${escapeLike(String(filter.username))}%`)}`,
  mobile: (filter, bind) => `u.mobile_key LIKE ${bind(`${escapeLike(String(filter.mobile))}%`)}`,
  name: (filter, bind) => `u.name_key LIKE lower(${bind(`${escapeLike(String(filter.name))}%`)})`,
  status: ({ status }) => `u.disabled_at IS ${status === 'disabled' ? 'NOT NULL' : 'NULL'}`,
  role: ({ role }) => `'${knownRole(role)}' = ANY (u.roles)`,
  verified: ({ verified }) =>
    verified === true
      ? '(u.email_verified_at IS NOT NULL OR u.mobile_verified_at IS NOT NULL)'
      : 'u.email_verified_at IS NULL AND u.mobile_verified_at IS NULL',
  createdFrom: (filter, bind) => `u.created_at >= ${bind(filter.createdFrom)}`,
  createdTo: (filter, bind) => `u.created_at < ${bind(filter.createdTo)}`,
  lastSignInFrom: (filter, bind) => `a.last_sign_in_at >= ${bind(filter.lastSignInFrom)}`,
  lastSignInTo: (filter, bind) => `a.last_sign_in_at < ${bind(filter.lastSignInTo)}`,
} as const satisfies Record<keyof AccountFilter, (filter: AccountFilter, bind: (value: unknown) => string) => string>;

/** Queries for lists of accounts; an index serves every one of them. */
@Injectable()
export class DirectoryRepository {
  /** Highest account number seen so far, an estimate of how many accounts exist. */
  private highestNumber = 0;

  constructor(private readonly database: DatabaseService) {}

  /**
   * The first `limit` matching accounts after `after`, in order. Sequential scans are switched off: where the planner overestimates the
   * number of matching rows, it would scan the whole table. A list without filters needs no such care.
   */
  async findRows(filter: AccountFilter, order: AccountOrder, limit: number, after?: Place): Promise<DirectoryRow[]> {
    const matchesAll = Object.values(filter).every((value) => value === undefined);
    const rows = matchesAll ? await this.findAll(order, limit, after) : await this.findMatching(filter, order, limit, after);
    for (const { number } of rows) this.highestNumber = Math.max(this.highestNumber, number);
    return rows;
  }

  /** The account with this id. */
  async findRow(id: string): Promise<DirectoryRow | null> {
    const [row] = await this.database.query<DirectoryRow>(`SELECT ${COLUMNS} FROM users u ${ACTIVITY} WHERE u.id = $1`, [id]);
    return row ?? null;
  }

  /**
   * A prepared statement for the list without filters. PostgreSQL keeps its plan, so the statement contains the limit (for a parameter, the
   * planner would assume a tenth of the table) and its name contains the number of digits of `highestNumber`: a table that has grown
   * tenfold gets a new plan, because a table of a few pages is scanned.
   */
  private findAll(order: AccountOrder, limit: number, after?: Place): Promise<DirectoryRow[]> {
    const size = PAGE_SIZES.find((rows) => rows >= limit) ?? limit;
    const magnitude = String(this.highestNumber).length;
    const { values, where } = conditionsOf({}, order, after);
    return this.database.named<DirectoryRow>(
      `users-${order}-${after === undefined ? 'first' : 'next'}-${size}-${magnitude}`,
      `SELECT ${columnsOf(order)} FROM users u ${ACTIVITY} ${where} ${sortedBy(order)} LIMIT ${size}`,
      values,
    );
  }

  private findMatching(filter: AccountFilter, order: AccountOrder, limit: number, after?: Place): Promise<DirectoryRow[]> {
    return this.database.transaction(async () => {
      await this.database.query('SET LOCAL enable_seqscan = off');
      return filter.search === undefined ? this.walk(filter, order, limit, after) : this.findContaining(filter, limit, after);
    });
  }

  /**
   * Accounts that contain the search text, ordered by id.
   *
   * The trigram index finds the rows of a rare text quickly, but unordered. For a frequent text it would gather too many rows; scanning in
   * order fills the page sooner. The planner estimates badly which case applies, so this method tries: a short scan fills the page if the
   * text is frequent. Otherwise it gathers and sorts the candidates, or, if there are more than `MAX_CANDIDATES`, scans to the end.
   */
  private async findContaining(filter: AccountFilter, limit: number, after?: Place): Promise<DirectoryRow[]> {
    const near = await this.walk(filter, 'id', limit, after, SHORT_WALK);
    if (near.length === limit) return near;
    const { bind, values, where } = conditionsOf(filter, 'id', after);
    const candidates = await this.database.query<{ id: string }>(
      `SELECT u.id FROM users u ${ACTIVITY} ${where} LIMIT ${bind(MAX_CANDIDATES + 1)}`,
      values,
    );
    if (candidates.length > MAX_CANDIDATES) return this.walk(filter, 'id', limit, after);
    const ids = candidates.map(({ id }) => id).toSorted();
    return this.database.query<DirectoryRow>(
      `SELECT ${columnsOf('id')} FROM users u ${ACTIVITY} WHERE u.id = ANY ($1::uuid[]) ORDER BY u.id`,
      [ids.slice(0, limit)],
    );
  }

  /** @param rows maximum number of accounts to scan */
  private walk(filter: AccountFilter, order: AccountOrder, limit: number, after?: Place, rows?: number): Promise<DirectoryRow[]> {
    const { bind, values, where } = conditionsOf(filter, order, after);
    const from = rows === undefined || after === undefined ? '' : `WHERE u.id > ${bind(after.id)}::uuid`;
    const users = rows === undefined ? 'users u' : `(SELECT * FROM users u ${from} ORDER BY u.id LIMIT ${rows}) u`;
    return this.database.query<DirectoryRow>(
      `SELECT ${columnsOf(order)} FROM ${users} ${ACTIVITY} ${where} ${sortedBy(order)} LIMIT ${bind(limit)}`,
      values,
    );
  }
}

const ACTIVITY = 'LEFT JOIN user_activity a ON a.user_id = u.id';

const COLUMNS = [
  ...fieldsShown('directory').map((name) => `${written(name)} AS "${name}"`),
  'u.password_hash IS NOT NULL AS "hasPassword"',
  'u.password_locked_at IS NOT NULL AND u.password_hash IS NOT NULL AS "passwordLocked"',
].join(', ');

function written(name: FieldsShown<'directory'>): string {
  const { column, type, table } = rowOf(name);
  const qualified = `${table === undefined ? 'u' : 'a'}.${column}`;
  if (type === 'timestamptz') return timeOf(qualified);
  return type === 'text[]' ? `${qualified}::text` : qualified;
}

/** As text: a JavaScript Date has fewer digits, and is slower to make. */
function timeOf(column: string): string {
  return `(${column} AT TIME ZONE 'UTC')::text`;
}

function columnsOf(order: AccountOrder): string {
  const { column, type } = ORDERS[order];
  return type === 'text' ? `${COLUMNS}, ${column} AS key` : COLUMNS;
}

function sortedBy(order: AccountOrder): string {
  const { column, newestFirst } = ORDERS[order];
  const direction = newestFirst ? 'DESC' : 'ASC';
  return `ORDER BY ${column} ${direction}, u.id ${direction}`;
}

/** The value of the order's column in a row, as text without loss of digits. */
export function keyOf(row: DirectoryRow, order: AccountOrder): string {
  if (order === 'created') return withAllDigits(row.createdAt);
  if (order === 'last-sign-in') return withAllDigits(row.lastSignInAt ?? '');
  return order === 'id' ? row.id : (row.key ?? '');
}

function withAllDigits(time: string): string {
  const [seconds = '', fraction = ''] = time.split('.');
  return `${seconds.replace(' ', 'T')}.${fraction.padEnd(6, '0')}Z`;
}

/** The WHERE clause of a list and its values. `bind` adds a value and returns its placeholder. */
function conditionsOf(filter: AccountFilter, order: AccountOrder, after?: Place) {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const conditions = (Object.keys(CONDITIONS) as (keyof AccountFilter)[])
    .filter((name) => filter[name] !== undefined)
    .map((name) => CONDITIONS[name](filter, bind));
  if (after !== undefined) {
    const { column, type, newestFirst } = ORDERS[order];
    conditions.push(`(${column}, u.id) ${newestFirst ? '<' : '>'} (${bind(after.key)}::${type}, ${bind(after.id)}::uuid)`);
  }
  return { bind, values, where: conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}` };
}

/** The role becomes part of the SQL text, because a partial index does not match a parameter. Therefore only known roles may pass. */
function knownRole(role: Role | undefined): Role {
  const known = ROLES.find((each) => each === role);
  if (known === undefined) throw new Error('No such role');
  return known;
}
