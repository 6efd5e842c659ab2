import { DEFAULT_FILE } from '../../avatars/default-picture.js';
import type { Book } from '../../books/book.js';
import type { Account } from '../../users/account.js';

/** Dates in the format of HTTP headers (RFC 1123). */
export function toLibraryUser({ createdAt, email, number, avatar, updatedAt, username }: Account) {
  return {
    created_at: createdAt.toUTCString(),
    email,
    id: number,
    image_file: avatar === null ? DEFAULT_FILE : `${avatar.name}.jpg`,
    modified_at: updatedAt.toUTCString(),
    username,
  };
}

export function toLibraryBook({ authors, copies, createdAt, number, isbn, updatedAt, title, year }: Book) {
  return {
    authors,
    copies,
    created_at: createdAt.toUTCString(),
    id: number,
    isbn,
    modified_at: updatedAt.toUTCString(),
    title,
    year,
  };
}
