import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { PreconditionFailedError } from '../common/errors.js';
import { isId, newId } from '../common/ids.js';
import { type Position, invalidCursor, toPage } from '../common/pagination.js';
import { DatabaseService } from '../database/database.service.js';
import { inPages } from '../database/row-pages.js';
import { hasTrigram } from '../database/trigrams.js';
import type { Actor, Book, BookChanges, BookQuery, NewBook } from './book.js';
import { StoredBook } from './book.entity.js';
import { canonicalIsbn, checkedCopies, checkedYear, cleanAuthors, cleanTitle, toSearchKeys, toSearchText } from './book-fields.js';
import { type Conclude, conclude } from '../idempotency/conclude.js';
import { BooksRepository } from './books.repository.js';
import { BookNotFoundError } from './errors.js';
import { readIsbn } from './isbn.js';

/** PostgreSQL's largest integer: there is no book with a higher number. */
const MAX_NUMBER = 2 ** 31 - 1;

/** The books of a library. Everybody may read them; the caller checks who may write. */
@Injectable()
export class BooksService {
  constructor(
    private readonly books: BooksRepository,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * One page of the books, the oldest entry first. A search text without three consecutive letters or digits finds only books whose title
   * begins with it, ordered by title.
   * @throws InvalidRequestError if `after` is not a position of this list
   */
  async list({ q = '', limit, after }: BookQuery): Promise<{ entries: Book[]; next: Position | null }> {
    const text = readIsbn(q) ?? toSearchText(q);
    const byTitle = text !== '' && !hasTrigram(text);
    const positionOf = byTitle ? ({ titleKey, id }: StoredBook) => [titleKey, id] : ({ id }: StoredBook) => [id];
    const page = toPage(await this.find(text, byTitle, limit + 1, after), limit, positionOf);
    return { entries: page.entries.map(toBook), next: page.next };
  }

  /** All books ordered by number, read page by page for streamed answers. */
  async *listAll(): AsyncGenerator<Book, void> {
    for await (const book of inPages<StoredBook>((last) => this.books.findPageByNumber(last?.number ?? 0))) yield toBook(book);
  }

  /** @throws BookNotFoundError, also for an invalid id */
  async getById(id: string): Promise<Book> {
    const book = isId(id) ? await this.books.findById(id) : null;
    if (book === null) throw new BookNotFoundError();
    return toBook(book);
  }

  /** The book with a number; null also for an invalid number. */
  async findByNumber(number: number): Promise<Book | null> {
    if (!Number.isInteger(number) || number < 1 || number > MAX_NUMBER) return null;
    const book = await this.books.findByNumber(number);
    return book === null ? null : toBook(book);
  }

  /** @throws InvalidRequestError, IsbnTakenError (also when two requests race) */
  async create(input: NewBook, actor: Actor, concluding: Conclude<Book> = conclude): Promise<Book> {
    const book = Object.assign(new StoredBook(), {
      id: newId(),
      ...withKeys({
        title: cleanTitle(input.title),
        authors: cleanAuthors(input.authors),
        isbn: canonicalIsbn(input.isbn),
        year: checkedYear(input.year),
        copies: checkedCopies(input.copies ?? 1),
      }),
    });
    return concluding(() =>
      this.database.transaction(async () => {
        await this.books.insert(book);
        await this.record('book.created', book, actor);
        return toBook(book);
      }),
    );
  }

  /**
   * Changes all given fields, or none of them. An edit that changes nothing keeps `version`.
   * @param versions versions on which the edit may be based; any if undefined
   * @throws InvalidRequestError, BookNotFoundError, PreconditionFailedError, IsbnTakenError (also when two requests race)
   */
  async update(id: string, changes: BookChanges, actor: Actor, versions?: readonly number[]): Promise<Book> {
    const wanted = readChanges(changes);
    return this.database.transaction(async () => {
      const book = await this.lock(id, versions);
      const changed = (Object.keys(wanted) as (keyof BookFields)[]).filter((name) => !isDeepStrictEqual(book[name], wanted[name]));
      if (changed.length === 0) return toBook(book);
      const { title, authors, isbn, year, copies } = { ...book, ...wanted };
      await this.books.update(id, withKeys({ title, authors, isbn, year, copies }));
      await this.record('book.updated', book, actor, { fields: changed.join(' ') });
      return this.getById(id);
    });
  }

  /**
   * @param versions versions that the caller may have seen; any if undefined
   * @throws BookNotFoundError, PreconditionFailedError
   */
  async delete(id: string, actor: Actor, versions?: readonly number[]): Promise<void> {
    await this.database.transaction(async () => {
      const book = await this.lock(id, versions);
      await this.books.delete(id);
      await this.record('book.deleted', book, actor);
    });
  }

  private find(text: string, byTitle: boolean, limit: number, after: Position | undefined): Promise<StoredBook[]> {
    // A forged cursor may contain any text.
    const id = after?.at(-1);
    if (after !== undefined && (after.length !== (byTitle ? 2 : 1) || !isId(id ?? ''))) throw invalidCursor();
    if (text === '') return this.books.findPage(id, limit);
    if (!byTitle) return this.books.findContaining(text, id, limit);
    const [titleKey] = after ?? [];
    return this.books.findByTitlePrefix(text, titleKey === undefined || id === undefined ? undefined : { titleKey, id }, limit);
  }

  /** The book, locked against other edits until the open transaction ends. */
  private async lock(id: string, versions: readonly number[] | undefined): Promise<StoredBook> {
    const book = isId(id) ? await this.books.lockById(id) : null;
    if (book === null) throw new BookNotFoundError();
    if (versions !== undefined && !versions.includes(book.version)) throw new PreconditionFailedError();
    return book;
  }

  private record(
    action: 'book.created' | 'book.updated' | 'book.deleted',
    { id, number }: StoredBook,
    actor: Actor,
    details: Record<string, string> = {},
  ): Promise<void> {
    return this.audit.record({ action, outcome: 'success', subjectId: id, details: { number, ...details }, ...actor });
  }
}

type BookFields = Pick<Book, 'title' | 'authors' | 'isbn' | 'year' | 'copies'>;

/** The given fields in the form in which they are stored. */
function readChanges({ title, authors, isbn, year, copies }: BookChanges): Partial<BookFields> {
  return {
    ...(title === undefined ? {} : { title: cleanTitle(title) }),
    ...(authors === undefined ? {} : { authors: cleanAuthors(authors) }),
    ...(isbn === undefined ? {} : { isbn: canonicalIsbn(isbn) }),
    ...(year === undefined ? {} : { year: checkedYear(year) }),
    ...(copies === undefined ? {} : { copies: checkedCopies(copies) }),
  };
}

function withKeys(fields: BookFields): Omit<StoredBook, 'id' | 'number' | 'createdAt' | 'updatedAt' | 'version'> {
  return { ...fields, ...toSearchKeys(fields.title, fields.authors, fields.isbn) };
}

function toBook({ id, number, title, authors, isbn, year, copies, createdAt, updatedAt, version }: StoredBook): Book {
  return { id, number, title, authors, isbn, year, copies, createdAt, updatedAt, version };
}
