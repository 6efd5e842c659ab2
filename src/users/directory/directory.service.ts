import { Injectable } from '@nestjs/common';
import { isId } from '../../common/ids.js';
import { type Position, invalidCursor, toPage } from '../../common/pagination.js';
import { Settings } from '../../config/settings.js';
import { toAvatar } from '../account-columns.js';
import { rowOf } from '../account-fields.js';
import { type FieldValues, type FieldsShown, fieldsShown } from '../field-sets.js';
import { type AccountEntry, type AccountFilter, type AccountOrder, type Search } from './directory.js';
import { type DirectoryRow, DirectoryRepository, type Place, keyOf } from './directory.repository.js';
import { UserNotFoundError } from '../errors.js';
import { searchOf, searchText } from './search-text.js';

type TimeField = { [Name in FieldsShown<'directory'>]: Date extends FieldValues[Name] ? Name : never }[FieldsShown<'directory'>];
const TIMES = fieldsShown('directory').filter((name) => rowOf(name).type === 'timestamptz') as TimeField[];

/** Lists and shows accounts for administrators. */
@Injectable()
export class DirectoryService {
  constructor(
    private readonly directory: DirectoryRepository,
    private readonly settings: Settings,
  ) {}

  /**
   * One page of the matching accounts. A search orders them by the searched field; a filter by last sign-in orders them by it, latest
   * first; otherwise the newest accounts come first.
   * @param after position of the last account of the previous page
   * @throws InvalidRequestError if there is more than one search, if a search text is too short, or if `after` is not a position of this
   *   list
   */
  async list(filter: AccountFilter, limit: number, after?: Position): Promise<{ entries: AccountEntry[]; next: Position | null }> {
    const by = searchOf(filter);
    const order = orderOf(filter, by);
    const wanted = by === undefined ? filter : { ...filter, [by]: searchText(by, String(filter[by]), this.settings.DEFAULT_REGION) };
    const rows = await this.directory.findRows(wanted, order, limit + 1, after === undefined ? undefined : readPlace(after, order));
    const { entries, next } = toPage(rows, limit, (row) => [keyOf(row, order), row.id]);
    return { entries: entries.map((row) => this.toEntry(row)), next };
  }

  /** @throws UserNotFoundError */
  async get(id: string): Promise<AccountEntry> {
    const row = isId(id) ? await this.directory.findRow(id) : null;
    if (row === null) throw new UserNotFoundError();
    return this.toEntry(row);
  }

  /** Converts the row in place: a copy per row would double the time of a page. */
  private toEntry(row: DirectoryRow): AccountEntry {
    const told: Record<string, unknown> = row as object as Record<string, unknown>;
    told['avatar'] = toAvatar(row.avatar, this.settings.PUBLIC_URL);
    // No name of a role or factor contains characters that PostgreSQL would quote.
    told['roles'] = row.roles.slice(1, -1).split(',');
    told['factors'] = row.factors === '{}' ? [] : row.factors.slice(1, -1).split(',');
    for (const name of TIMES) told[name] = toTold(row[name]);
    return row as object as AccountEntry;
  }
}

/** A row's time in ISO 8601 with milliseconds. Cutting the text takes a tenth of the time of a Date. */
function toTold<T extends string | null>(time: T): T;
function toTold(time: string | null): string | null {
  if (time === null) return null;
  const isUsual = time[10] === ' ' && time.length <= 26;
  return isUsual ? `${time.slice(0, 10)}T${time.slice(11, 19)}.${time.slice(20, 23).padEnd(3, '0')}Z` : new Date(`${time}Z`).toISOString();
}

function orderOf({ lastSignInFrom, lastSignInTo }: AccountFilter, by: Search | undefined): AccountOrder {
  if (by !== undefined) return by === 'search' ? 'id' : by;
  return lastSignInFrom === undefined && lastSignInTo === undefined ? 'created' : 'last-sign-in';
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/;

function readPlace([key = '', id = '', ...rest]: Position, order: AccountOrder): Place {
  const isTime = order === 'created' || order === 'last-sign-in';
  const isGood = isTime ? TIME.test(key) && !Number.isNaN(Date.parse(key)) : order !== 'id' || isId(key);
  if (!isGood || !isId(id) || rest.length > 0) throw invalidCursor();
  return { key, id };
}
