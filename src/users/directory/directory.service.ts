import { Injectable } from '@nestjs/common';
import type { Role } from '../../common/access.js';
import { InvalidRequestError } from '../../common/errors.js';
import { isId } from '../../common/ids.js';
import { type Position, invalidCursor, toPage } from '../../common/pagination.js';
import { readLine } from '../../common/text.js';
import { Settings } from '../../config/settings.js';
import { toAvatar } from '../account-columns.js';
import { rowOf } from '../account-fields.js';
import { type FieldValues, type FieldsShown, fieldsShown } from '../field-sets.js';
import { type AccountEntry, type AccountFilter, type AccountOrder, SEARCHES, type Search } from './directory.js';
import { type DirectoryRow, DirectoryRepository, type Place, keyOf } from './directory.repository.js';
import { UserNotFoundError } from '../errors.js';
import { readIdentifier } from '../identifiers.js';

type TimeField = { [Name in FieldsShown<'directory'>]: Date extends FieldValues[Name] ? Name : never }[FieldsShown<'directory'>];
const TIMES = fieldsShown('directory').filter((name) => rowOf(name).type === 'timestamptz') as TimeField[];

/** Finding accounts, for whoever administers them. */
@Injectable()
export class DirectoryService {
  constructor(
    private readonly directory: DirectoryRepository,
    private readonly settings: Settings,
  ) {}

  /**
   * A page of the accounts that match. In the order of what they are searched by, else of the last sign-in where that is filtered,
   * else of creation, the latest first.
   * @param after position of the last account of the page before
   * @throws InvalidRequestError when more than one search is given, or one by which nothing can be found, or `after` is no position of the list
   */
  async list(filter: AccountFilter, limit: number, after?: Position): Promise<{ entries: AccountEntry[]; next: Position | null }> {
    const by = readSearch(filter);
    const order = orderOf(filter, by);
    const wanted = by === undefined ? filter : { ...filter, [by]: this.canonical(by, String(filter[by])) };
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

  private toEntry(row: DirectoryRow): AccountEntry {
    const entry: AccountEntry & Pick<DirectoryRow, 'key'> = {
      ...row,
      key: undefined,
      avatar: toAvatar(row.avatar, this.settings.PUBLIC_URL),
      // Words of ours: PostgreSQL puts them into no quotes.
      roles: row.roles.slice(1, -1).split(',') as Role[],
    };
    const times: Partial<Record<TimeField, string | null>> = entry;
    for (const name of TIMES) times[name] = toTold(row[name]);
    return entry;
  }

  /**
   * A text as it would stand in the column.
   * @throws InvalidRequestError when nothing can be found by it
   */
  private canonical(by: Search, text: string): string {
    // A line of `users.search` is never looked for together with the next one.
    const written = readLine(text, Infinity) ?? '';
    const found = by === 'search' ? withoutSpacing(written) : this.beginning(by, written);
    // Without three in a row no trigram is known, and every row would have to be looked at.
    if (by === 'search' ? /[\p{L}\p{N}]{3}/u.test(found) : found !== '') return found;
    const detail = by === 'search' ? 'Search for at least three letters or digits side by side.' : 'Search for at least one character.';
    throw new InvalidRequestError([{ pointer: `?${by}`, rule: 'search.too_short', detail }]);
  }

  private beginning(by: Exclude<Search, 'search'>, written: string): string {
    if (by === 'name') return written;
    if (by !== 'mobile') return written.toLowerCase();
    const whole = readIdentifier(written, this.settings.DEFAULT_REGION);
    return whole?.kind === 'mobile' ? whole.key : written.replaceAll(/[^\d+]/g, '');
  }
}

/** Of mobile numbers only digits and the leading `+` are kept. */
function withoutSpacing(written: string): string {
  return /^\+?[\d\s()-]+$/.test(written) ? written.replaceAll(/[\s()-]/g, '') : written;
}

/** The one search of a list. @throws InvalidRequestError when there are several */
function readSearch(filter: AccountFilter): Search | undefined {
  const [by, another] = SEARCHES.filter((name) => filter[name] !== undefined);
  if (another === undefined) return by;
  const detail = `Search by one of ${SEARCHES.join(', ')}, not by several.`;
  throw new InvalidRequestError([{ pointer: `?${another}`, rule: 'search.ambiguous', detail }]);
}

/** A time of a row in ISO 8601, with milliseconds: cut out of the text, in a tenth of the time that a Date takes for it. */
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
