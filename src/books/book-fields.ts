import { type FieldProblem, InvalidRequestError } from '../common/errors.js';
import { lineProblem, readLine } from '../common/text.js';
import { toTrigramText } from '../database/trigrams.js';
import { readIsbn } from './isbn.js';

/** Maximum length of a title and of an author's name, characters. */
export const MAX_TITLE_CHARS = 300;
export const MAX_AUTHOR_CHARS = 200;

/** Maximum number of authors of a book. */
export const MAX_AUTHORS = 20;

/** Range of years of publication: from the oldest books that a library may have to announced ones. */
export const MIN_YEAR = 1000;
export const MAX_YEAR = 2100;

/** Maximum number of copies; well within PostgreSQL's integer. */
export const MAX_COPIES = 1_000_000;

/** A title on one line. @throws InvalidRequestError */
export function cleanTitle(title: string | null): string {
  const clean = readLine(title ?? '', MAX_TITLE_CHARS);
  if (clean === null) throw InvalidRequestError.line('title', 'title.invalid', title ?? '', MAX_TITLE_CHARS);
  if (clean === '') throw InvalidRequestError.field('title', 'title.invalid', 'Give the title of the book.');
  return clean;
}

/** Names, each on one line; empty for an unknown author. @throws InvalidRequestError, which names the wrong ones */
export function cleanAuthors(authors: readonly string[] | null | undefined): string[] {
  if (authors == null) return [];
  if (authors.length > MAX_AUTHORS) throw InvalidRequestError.field('authors', 'authors.too_many', `Name at most ${MAX_AUTHORS} authors.`);
  const names = authors.map((author) => readLine(author, MAX_AUTHOR_CHARS));
  const problems = names.flatMap((name, index): FieldProblem[] => {
    if (name !== null && name !== '') return [];
    const problem = name === null ? lineProblem(authors[index] ?? '', MAX_AUTHOR_CHARS) : { detail: 'Give the name of the author.' };
    return [{ pointer: `/authors/${index}`, rule: 'author.invalid', ...problem }];
  });
  if (problems.length > 0) throw new InvalidRequestError(problems);
  return names.filter((name) => name !== null);
}

/** The 13 digits of an ISBN; null for none. @throws InvalidRequestError */
export function canonicalIsbn(isbn: string | null | undefined): string | null {
  if (isbn == null || isbn === '') return null;
  const digits = readIsbn(isbn);
  if (digits !== null) return digits;
  throw InvalidRequestError.field('isbn', 'isbn.invalid', 'This is not an ISBN: 10 or 13 digits, the last of which checks the others.');
}

/** A year of publication; null if it is unknown. @throws InvalidRequestError */
export function checkedYear(year: number | null | undefined): number | null {
  if (year == null) return null;
  if (Number.isInteger(year) && year >= MIN_YEAR && year <= MAX_YEAR) return year;
  throw InvalidRequestError.field('year', 'year.invalid', `Use a year from ${MIN_YEAR} to ${MAX_YEAR}.`);
}

/** A number of copies. @throws InvalidRequestError */
export function checkedCopies(copies: number | null): number {
  if (copies !== null && Number.isInteger(copies) && copies >= 0 && copies <= MAX_COPIES) return copies;
  throw InvalidRequestError.field('copies', 'copies.invalid', `Use a whole number from 0 to ${MAX_COPIES}.`);
}

/** Length of the beginning of a title that is used for sorting, code points. */
const TITLE_KEY_CHARS = 100;

/** Search keys of a book, besides its id and number. */
export interface SearchKeys {
  /** Beginning of the title. */
  titleKey: string;
  /** All searchable text, one field a line, so that a search never matches across two fields. In the form of `toTrigramText`. */
  search: string;
}

/** The search keys of a book, to be stored with it. */
export function toSearchKeys(title: string, authors: readonly string[], isbn: string | null): SearchKeys {
  return {
    titleKey: [...toSearchText(title)].slice(0, TITLE_KEY_CHARS).join(''),
    search: toTrigramText([title, ...authors, isbn ?? ''].map(toSearchText).join('\n')),
  };
}

/** Text in the form for searches: lower case, on one line, wide and narrow forms unified (NFKC). */
export function toSearchText(text: string): string {
  return text.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim();
}
