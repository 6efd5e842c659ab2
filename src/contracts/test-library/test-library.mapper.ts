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

/** A row of the list of users, in which the document shows texts in every row: there an account has an empty text for what it lacks. */
export function toLibraryRow(account: Account) {
  const user = toLibraryUser(account);
  return { ...user, email: user.email ?? '', username: user.username ?? '' };
}

/** What the document's frontends read in the access token: the answer of a login contains nothing else. */
export function toLibraryClaims(account: Account) {
  const { id: userid, username, email, image_file: propic } = toLibraryUser(account);
  return { identity: { userid, username, email, propic }, email };
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
