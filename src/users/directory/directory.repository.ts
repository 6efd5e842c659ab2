import { Injectable } from '@nestjs/common';
import { ROLES, type Role } from '../../common/access.js';
import { DatabaseService } from '../../database/database.service.js';
import { escapeLike } from '../../database/like.js';
import { rowOf } from '../account-fields.js';
import { type FieldsShown, type Told, fieldsShown } from '../field-sets.js';
import type { AccountFilter, AccountOrder } from './directory.js';

/** Up to so many rows with a text in them are gathered and sorted; see `findContaining`. */
const MAX_CANDIDATES = 1_000;

/** Rows among which a frequent text is looked for first. */
const SHORT_WALK = 1_000;

/** An account's place in a list. */
export interface Place {
  id: string;
  /** What the list is ordered by, as text that keeps all of it; ids that share it are ordered among themselves. */
  key: string;
}

/** What is shown of an account to administrators; times as PostgreSQL writes them, in UTC: `2026-03-01 09:30:00.123`, to the microsecond. */
export interface DirectoryRow extends Omit<Told<'directory'>, 'roles'> {
  /** Name of the stored picture. */
  avatar: string | null;
  /** In braces, as PostgreSQL writes arrays. */
  roles: string;
  hasPassword: boolean;
  passwordLocked: boolean;
  /** What the list is ordered by, where it is neither the id nor a time. */
  key?: string;
}

/** Sizes of pages of which plans are kept: the usual one, larger ones, and the one row more that tells whether others follow. */
const PAGE_SIZES = [21, 51, 101];

/** Each order has an index of (column, id); times as text with all their digits, for a Date of JavaScript has fewer. */
const ORDERS = {
  id: { column: 'u.id', type: 'uuid', newestFirst: false },
  email: { column: 'u.email_key', type: 'text', newestFirst: false },
  username: { column: 'u.username_key', type: 'text', newestFirst: false },
  mobile: { column: 'u.mobile_key', type: 'text', newestFirst: false },
  name: { column: 'u.name_key', type: 'text', newestFirst: false },
  created: { column: 'u.created_at', type: 'timestamptz', newestFirst: true },
  'last-sign-in': { column: 'a.last_sign_in_at', type: 'timestamptz', newestFirst: true },
} as const satisfies Record<AccountOrder, { column: string; type: string; newestFirst: boolean }>;

/** Of each filter, the condition. Those of sparse parts are word for word those of partial indexes. */
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

/** Finding accounts; every statement is served by indexes. */
@Injectable()
export class DirectoryRepository {
  /** Of the accounts seen so far: about how many were ever made. */
  private highestNumber = 0;

  constructor(private readonly database: DatabaseService) {}

  /**
   * The accounts that match, in order, after `after`: at least the first `limit`, where there are so many. Tables are not read from end
   * to end, whatever the planner believes to be quick: where it is mistaken about how many rows match, that takes all of them. Of a
   * list of all accounts there is nothing to be mistaken about.
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
   * As the plan of a named statement is kept, it is made for few sizes of pages (a size that PostgreSQL is not told would count as a tenth
   * of the table), and made anew when ten times as many accounts were made: a table of a few pages is read from end to end.
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
   * Those with a text in them, in the order of ids.
   *
   * The index on trigrams finds the rows of a rare text at once, but in no order, and gathers all rows of a frequent one, which is
   * found by walking on. As the planner guesses badly which it is, we look: a short walk fills the page if the text is a frequent one;
   * else candidates are gathered and sorted, or, if there are many, walked to after all.
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

  /** @param rows at most that many rows are looked at */
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
  'u.password_locked_at IS NOT NULL AS "passwordLocked"',
].join(', ');

function written(name: FieldsShown<'directory'>): string {
  const { column, type, table } = rowOf(name);
  const qualified = `${table === undefined ? 'u' : 'a'}.${column}`;
  if (type === 'timestamptz') return timeOf(qualified);
  return type === 'text[]' ? `${qualified}::text` : qualified;
}

/** Text, for a Date of JavaScript has fewer digits, and takes longer. */
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

/** What a row of a list in this order is ordered by, as text that keeps all of it. */
export function keyOf(row: DirectoryRow, order: AccountOrder): string {
  if (order === 'created') return withAllDigits(row.createdAt);
  if (order === 'last-sign-in') return withAllDigits(row.lastSignInAt ?? '');
  return order === 'id' ? row.id : (row.key ?? '');
}

function withAllDigits(time: string): string {
  const [seconds = '', fraction = ''] = time.split('.');
  return `${seconds.replace(' ', 'T')}.${fraction.padEnd(6, '0')}Z`;
}

/** The conditions of a list, and the values in it; `bind` adds one. */
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

/** Goes into the statement as it is, or no partial index would serve it: so it has to be one of ours. */
function knownRole(role: Role | undefined): Role {
  const known = ROLES.find((each) => each === role);
  if (known === undefined) throw new Error('No such role');
  return known;
}
