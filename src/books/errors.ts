import { AppError } from '../common/errors.js';

export class BookNotFoundError extends AppError {
  override readonly code = 'book.not_found';
  constructor() {
    super('There is no such book.');
  }
}

export class IsbnTakenError extends AppError {
  override readonly code = 'book.isbn_taken';
  constructor(cause?: unknown) {
    super('There is a book with this ISBN already.', { cause });
  }
}
