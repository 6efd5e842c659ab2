import type { Capability, Declarations } from '../common/capability.js';
import { publicEvent } from '../common/event-row.js';
import { Books9000000000000 } from './migrations/9000-books.js';

const declared = {
  rules: {
    'title.invalid': 'A title is missing, too long, or not on one line.',
    'authors.too_many': 'There are too many authors.',
    'author.invalid': 'A name of an author is missing, too long, or not on one line.',
    'isbn.invalid': 'It is no ISBN.',
    'year.invalid': 'The year is out of range.',
    'copies.invalid': 'The number of copies is out of range.',
  },
  errors: {
    'book.not_found': { status: 404, title: 'No such book', kind: 'not-found', advice: 'It may have been deleted: reload the list.' },
    'book.isbn_taken': { status: 409, title: 'ISBN already registered', kind: 'taken', advice: 'Open the book that has this ISBN.' },
  },
  events: {
    'book.created': publicEvent('A book was added.', {
      subject: 'bookId',
      facts: { number: { type: 'number', doc: 'Its number.', example: 7 } },
    }),
    'book.updated': publicEvent('A book was edited.', {
      subject: 'bookId',
      facts: {
        number: { type: 'number', doc: 'Its number.', example: 7 },
        fields: { type: 'words', doc: 'The fields that changed.', example: ['title', 'copies'] },
      },
    }),
    'book.deleted': publicEvent('A book was deleted.', {
      subject: 'bookId',
      facts: { number: { type: 'number', doc: 'Its number.', example: 7 } },
    }),
  },
} as const satisfies Declarations;

declare module '../common/declared.js' {
  interface Declared {
    books: typeof declared;
  }
}

/** Books, an example of a resource. */
export const books = {
  name: 'books',
  folder: import.meta.dirname,
  module: async () => (await import('./books.module.js')).BooksModule,
  tags: [{ name: 'Books', description: 'An example of a resource: signed-in users read, librarians write.', position: 3 }],
  migrations: [Books9000000000000],
  ...declared,
} as const satisfies Capability;
