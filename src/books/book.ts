import type { Caller } from '../common/caller.js';
import type { Position } from '../common/pagination.js';

/** A book as the rest of the product sees it. */
export interface Book {
  /** UUIDv7. */
  id: string;
  /** Sequential integer, for wire formats without UUIDs. */
  number: number;
  title: string;
  /** Names, in the order of the title page. */
  authors: string[];
  /** The 13 digits of an ISBN-13. */
  isbn: string | null;
  /** Year of publication. */
  year: number | null;
  /** Number of copies in the library. */
  copies: number;
  createdAt: Date;
  updatedAt: Date;
  /** Increases with every edit. */
  version: number;
}

/** Fields of a new book; the service validates them and converts them to canonical form. */
export interface NewBook {
  title: string;
  authors?: readonly string[] | null | undefined;
  /** ISBN-10 or ISBN-13, with or without separators. */
  isbn?: string | null | undefined;
  year?: number | null | undefined;
  /** Default: 1. */
  copies?: number | null | undefined;
}

/** An edit: absent fields stay; null clears authors, ISBN and year. */
export interface BookChanges {
  title?: string | null | undefined;
  authors?: readonly string[] | null | undefined;
  isbn?: string | null | undefined;
  year?: number | null | undefined;
  copies?: number | null | undefined;
}

/** Search and page of a list of books. */
export interface BookQuery {
  /** Part of a title, an author or an ISBN; all books if it is absent or blank. */
  q?: string | undefined;
  limit: number;
  /** `next` of the previous page. */
  after?: Position | undefined;
}

/** The account that makes a change, for the audit log. */
export interface Actor {
  actorId: string;
  caller?: Caller | undefined;
}
