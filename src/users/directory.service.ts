import { Injectable } from '@nestjs/common';
import { InvalidRequestError } from '../common/errors.js';
import { isId } from '../common/ids.js';
import { type Position, invalidCursor, toPage } from '../common/pagination.js';
import { readLine } from '../common/text.js';
import { Settings } from '../config/settings.js';
import { type AccountEntry, type AccountFilter, type AccountOrder, SEARCHES, type Search } from './directory.js';
import { DirectoryRepository, type FoundPlace, type Place } from './directory.repository.js';
import { UserNotFoundError } from './errors.js';
import { readIdentifier } from './identifiers.js';
import type { User } from './user.entity.js';
import { UsersRepository } from './users.repository.js';
import { toAccount } from './users.service.js';

/** Finding accounts, for whoever administers them. */
@Injectable()
export class DirectoryService {
  constructor(
    private readonly directory: DirectoryRepository,
    private readonly users: UsersRepository,
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
    const places = await this.directory.findPlaces(wanted, order, limit + 1, after === undefined ? undefined : readPlace(after, order));
    const { entries, next } = toPage(places, limit, ({ key, id }) => [key, id]);
    return { entries: await this.load(entries), next };
  }

  /** @throws UserNotFoundError */
  async get(id: string): Promise<AccountEntry> {
    const user = isId(id) ? await this.users.findById(id) : null;
    if (user === null) throw new UserNotFoundError();
    return this.toEntry(user, (await this.users.findActivity(id)).lastSignInAt);
  }

  private async load(places: readonly FoundPlace[]): Promise<AccountEntry[]> {
    if (places.length === 0) return [];
    const rows = new Map((await this.directory.findRows(places.map(({ id }) => id))).map((user) => [user.id, user]));
    return places.flatMap(({ id, lastSignInAt }) => {
      const user = rows.get(id);
      // Deleted between the two statements.
      return user === undefined ? [] : [this.toEntry(user, lastSignInAt)];
    });
  }

  private toEntry(user: User, lastSignInAt: Date | null): AccountEntry {
    return {
      account: toAccount(user, this.settings.PUBLIC_URL),
      disabledReason: user.disabledReason,
      hasPassword: user.passwordHash !== null,
      passwordLocked: user.passwordLockedAt !== null,
      lastSignInAt,
    };
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
