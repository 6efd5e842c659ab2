import { Injectable } from '@nestjs/common';
import { Any, Like, MoreThan } from 'typeorm';
import { afterId } from '../database/conditions.js';
import { DatabaseService } from '../database/database.service.js';
import { isUniqueViolation } from '../database/database-errors.js';
import { escapeLike } from '../database/like.js';
import { PAGE_ROWS } from '../database/row-pages.js';
import { toTrigramText } from '../database/trigrams.js';
import { StoredBook } from './book.entity.js';
import { IsbnTakenError } from './errors.js';

/** Up to this number of matching rows are gathered and sorted; see `findContaining`. */
const MAX_CANDIDATES = 1_000;

@Injectable()
export class BooksRepository {
  constructor(private readonly database: DatabaseService) {}

  /**
   * Stores a new row and fills in what the database generates.
   * @throws IsbnTakenError, also when two requests race
   */
  async insert(book: StoredBook): Promise<void> {
    try {
      await this.books.insert(book);
    } catch (error) {
      throw takenError(error);
    }
  }

  findById(id: string): Promise<StoredBook | null> {
    return this.books.findOneBy({ id });
  }

  findByNumber(number: number): Promise<StoredBook | null> {
    return this.books.findOneBy({ number });
  }

  /** The row, locked against other edits until the caller's transaction ends. */
  lockById(id: string): Promise<StoredBook | null> {
    return this.books.findOne({ where: { id }, lock: { mode: 'for_no_key_update' } });
  }

  /**
   * Changes columns of a row, and updates `version` and `updated_at`.
   * @throws IsbnTakenError, also when two requests race
   */
  async update(id: string, columns: Partial<StoredBook>): Promise<void> {
    try {
      await this.books.update({ id }, columns);
    } catch (error) {
      throw takenError(error);
    }
  }

  async delete(id: string): Promise<void> {
    await this.books.delete({ id });
  }

  /** Ordered by id, which is the order of creation. */
  findPage(after: string | undefined, limit: number): Promise<StoredBook[]> {
    return this.books.find({ where: afterId(after), order: { id: 'ASC' }, take: limit });
  }

  /** Rows for `inPages`, ordered by number. */
  findPageByNumber(after: number): Promise<StoredBook[]> {
    return this.books.find({ where: { number: MoreThan(after) }, order: { number: 'ASC' }, take: PAGE_ROWS });
  }

  /** Books whose title begins with `prefix`, ordered by title. */
  findByTitlePrefix(prefix: string, after: { titleKey: string; id: string } | undefined, limit: number): Promise<StoredBook[]> {
    const query = this.books
      .createQueryBuilder('book')
      .where('book.titleKey LIKE :pattern', { pattern: `${escapeLike(prefix)}%` })
      .orderBy('book.titleKey')
      .addOrderBy('book.id')
      .limit(limit);
    return (after === undefined ? query : query.andWhere('(book.titleKey, book.id) > (:titleKey, :id)', after)).getMany();
  }

  /**
   * Books with `text` in the title, in the name of an author or in the ISBN, ordered by id.
   *
   * The trigram index finds the rows of a rare text quickly, but unordered; for a frequent text it is quicker to scan all rows in order
   * until the page is full. The planner estimates badly which case applies, so this method counts: it sorts a few candidates, and scans if
   * there are many.
   * @param text text for which `hasTrigram` is true; otherwise every row is scanned
   */
  async findContaining(text: string, after: string | undefined, limit: number): Promise<StoredBook[]> {
    const where = { search: Like(`%${escapeLike(toTrigramText(text))}%`), ...afterId(after) };
    const candidates = await this.books.find({ select: { id: true }, where, take: MAX_CANDIDATES + 1 });
    if (candidates.length > MAX_CANDIDATES) return this.books.find({ where, order: { id: 'ASC' }, take: limit });
    const ids = candidates.map(({ id }) => id).toSorted();
    return this.books.find({ where: { id: Any(ids.slice(0, limit)) }, order: { id: 'ASC' } });
  }

  private get books() {
    return this.database.repo(StoredBook);
  }
}

function takenError(error: unknown): unknown {
  return isUniqueViolation(error, 'uq_books_isbn') ? new IsbnTakenError(error) : error;
}
