import { Controller, Delete, Get, Param, Post, Put } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Book } from '../../books/book.js';
import { BooksService } from '../../books/books.service.js';
import { BookNotFoundError } from '../../books/errors.js';
import { Open, Roles, TokenIn } from '../../common/access.js';
import { type Caller, From } from '../../common/caller.js';
import { CurrentUser, type Principal } from '../../common/principal.js';
import { ApiAnswer } from '../shared/api-answer.js';
import { ApiFailures } from '../shared/failures.js';
import { ApiFields, Fields } from '../shared/fields.js';
import { jsonList, mapped } from '../shared/json-list.js';
import { AddBook, UpdateBook, toCoreBook } from './dto/book.dto.js';
import { BODY_FAILURES, NOT_FOUND, SERVER_FAILURES, TOKEN_FAILURES, UNAUTHORIZED } from './test-library.errors.js';
import { EXAMPLES, NULLABLE_OF_BOOKS } from './test-library.examples.js';
import { toLibraryBook } from './test-library.mapper.js';
import { ACCESS_TOKEN } from './test-library.token-place.js';

const DIGITS = /^\d+$/;
const READERS = 'With `CONTRACTS_OPEN=true` anyone may read books, without signing in; otherwise anyone signed in.';
const BOOK_ID = { name: 'bookid', description: 'Id of the book.', example: '3' };

@ApiTags('test-library')
@ApiFailures(...SERVER_FAILURES)
@TokenIn(ACCESS_TOKEN)
@Controller('contracts/test-library/books')
export class TestLibraryBooksController {
  constructor(private readonly books: BooksService) {}

  @Get('getall')
  @Open()
  @ApiOperation({ operationId: 'listBooks', summary: 'All books', description: `The order is not defined. ${READERS}` })
  @ApiAnswer({ description: 'All books.', example: EXAMPLES.books, nullable: NULLABLE_OF_BOOKS })
  @ApiFailures(...Object.values(TOKEN_FAILURES))
  list() {
    const envelope = { message: 'FETCH ALL SUCCESS', result: [] as const, status: 200 };
    return jsonList(envelope, 'result', mapped(this.books.listAll(), toLibraryBook));
  }

  @Get('getById/:bookid')
  @Open()
  @ApiOperation({ operationId: 'getBookById', summary: 'One book', description: READERS })
  @ApiParam(BOOK_ID)
  @ApiAnswer({ description: 'The book.', example: EXAMPLES.book, nullable: NULLABLE_OF_BOOKS })
  @ApiFailures(NOT_FOUND, ...Object.values(TOKEN_FAILURES))
  async getById(@Param('bookid') id: string) {
    return { message: 'SUCCESS: GET BY ID', result: toLibraryBook(await this.find(id)), status: 200 };
  }

  @Post('add')
  @Roles('librarian', 'admin')
  @ApiOperation({ operationId: 'addBook', summary: 'Add a book', description: 'For librarians and administrators.' })
  @ApiFields(AddBook)
  @ApiAnswer({ status: 201, description: 'Added.', example: EXAMPLES.bookAdded, nullable: NULLABLE_OF_BOOKS })
  @ApiFailures(...BODY_FAILURES, UNAUTHORIZED, ...Object.values(TOKEN_FAILURES))
  async add(@Fields() fields: AddBook, @CurrentUser() { userId: actorId }: Principal, @From() caller: Caller) {
    const book = await this.books.create(toCoreBook(fields), { actorId, caller });
    return { message: 'SUCCESS: ADD BOOK', result: toLibraryBook(book), status: 201 };
  }

  @Put('update/:bookid')
  @Roles('librarian', 'admin')
  @ApiOperation({
    operationId: 'updateBook',
    summary: 'Edit a book',
    description: 'Changes the fields that are sent. For librarians and administrators.',
  })
  @ApiParam(BOOK_ID)
  @ApiFields(UpdateBook)
  @ApiAnswer({ description: 'The edited book.', example: EXAMPLES.bookUpdated, nullable: NULLABLE_OF_BOOKS })
  @ApiFailures(...BODY_FAILURES, NOT_FOUND, UNAUTHORIZED, ...Object.values(TOKEN_FAILURES))
  async update(
    @Param('bookid') id: string,
    @Fields() fields: UpdateBook,
    @CurrentUser() { userId: actorId }: Principal,
    @From() caller: Caller,
  ) {
    const book = await this.books.update((await this.find(id)).id, toCoreBook(fields), { actorId, caller });
    return { message: 'SUCCESS: UPDATE BOOK', result: toLibraryBook(book), status: 200 };
  }

  @Delete('delete/:bookid')
  @Roles('librarian', 'admin')
  @ApiOperation({ operationId: 'deleteBook', summary: 'Delete a book', description: 'For librarians and administrators.' })
  @ApiParam(BOOK_ID)
  @ApiAnswer({ description: 'Deleted.', example: EXAMPLES.bookDeleted })
  @ApiFailures(NOT_FOUND, UNAUTHORIZED, ...Object.values(TOKEN_FAILURES))
  async delete(@Param('bookid') id: string, @CurrentUser() { userId: actorId }: Principal, @From() caller: Caller) {
    await this.books.delete((await this.find(id)).id, { actorId, caller });
    return { message: 'SUCCESS: DELETE BOOK', status: 200 };
  }

  /** @throws BookNotFoundError, also for an invalid number */
  private async find(id: string): Promise<Book> {
    const book = DIGITS.test(id) ? await this.books.findByNumber(Number(id)) : null;
    if (book === null) throw new BookNotFoundError();
    return book;
  }
}
