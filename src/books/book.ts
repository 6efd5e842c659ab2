import type { Caller } from '../common/caller.js';
import type { Position } from '../common/pagination.js';

/** A book as the rest of the product sees it. */
export interface Book {
  /** UUIDv7. */
  id: string;
  /** Sequential integer, for wire formats that know no UUIDs. */
  number: number;
  title: string;
  /** Names, in the order of the title page. */
  authors: string[];
  /** The 13 digits of an ISBN-13. */
  isbn: string | null;
  /** Of publication. */
  year: number | null;
  /** How many the library has. */
  copies: number;
  createdAt: Date;
  updatedAt: Date;
  /** Grows with every edit. */
  version: number;
}

/** What a new book is made of; checked and brought into its canonical form on the way in. */
export interface NewBook {
  title: string;
  authors?: readonly string[] | null | undefined;
  /** ISBN-10 or ISBN-13, with or without separators. */
  isbn?: string | null | undefined;
  year?: number | null | undefined;
  /** One unless something else is said. */
  copies?: number | null | undefined;
}

/** An edit: what is absent stays; null clears authors, ISBN and year. */
export interface BookChanges {
  title?: string | null | undefined;
  authors?: readonly string[] | null | undefined;
  isbn?: string | null | undefined;
  year?: number | null | undefined;
  copies?: number | null | undefined;
}

/** Which books, and how many of them. */
export interface BookQuery {
  /** Part of a title, an author or an ISBN; everything when it is absent or blank. */
  q?: string | undefined;
  limit: number;
  /** `next` of the page before. */
  after?: Position | undefined;
}

/** Who changes something, for the record. */
export interface Actor {
  actorId: string;
  caller?: Caller | undefined;
}
