import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Roles, SignedIn } from '../common/access.js';
import { ApiProblem } from '../common/api-problem.js';
import { type Caller, From } from '../common/caller.js';
import { ETAG_HEADER, IF_MATCH_HEADER, IfMatch, toEtag } from '../common/etag.js';
import { type ConcludeRoute, Concluding } from '../idempotency/conclude.js';
import { Idempotent } from '../idempotency/idempotent.js';
import { fromCursor, toCursor } from '../common/pagination.js';
import { CurrentUser, type Principal } from '../common/principal.js';
import type { Book } from './book.js';
import { BooksService } from './books.service.js';
import { CreateBook, UpdateBook } from './dto/book.dto.js';
import { BookPageView, BookView, toBookView } from './dto/book.view.js';
import { ListBooks } from './dto/list-books.query.js';

const SIGNED_IN = ['access.unauthenticated', 'token.invalid', 'token.expired', 'token.revoked'] as const;
const ID = { name: 'id', format: 'uuid', description: 'The book.', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11' };

@ApiTags('Books')
@Controller('v1/books')
export class BooksController {
  constructor(private readonly books: BooksService) {}

  @Get()
  @SignedIn()
  @ApiOperation({ operationId: 'listBooks', summary: 'List or search books', description: 'Returns one page, the oldest entry first.' })
  @ApiOkResponse({ type: BookPageView, description: 'One page.' })
  @ApiProblem(...SIGNED_IN)
  async list(@Query() query: ListBooks): Promise<BookPageView> {
    const { q, limit } = query;
    const { entries, next } = await this.books.list({ q, limit, after: fromCursor(query) });
    return { data: entries.map(toBookView), nextCursor: toCursor(query, next) };
  }

  @Get(':id')
  @SignedIn()
  @ApiOperation({ operationId: 'getBook', summary: 'Read a book', description: 'Returns one book.' })
  @ApiParam(ID)
  @ApiOkResponse({ type: BookView, description: 'The book.', headers: ETAG_HEADER })
  @ApiProblem('book.not_found', 'route.not_found', ...SIGNED_IN)
  async get(@Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<BookView> {
    return show(await this.books.getById(id), reply);
  }

  @Post()
  @Roles('librarian', 'admin')
  @Idempotent()
  @ApiOperation({ operationId: 'createBook', summary: 'Add a book', description: 'For librarians and administrators.' })
  @ApiCreatedResponse({ type: BookView, description: 'The new book.', headers: ETAG_HEADER })
  @ApiProblem('book.isbn_taken', 'access.forbidden', 'auth.step_up_required', ...SIGNED_IN)
  async create(
    @Body() body: CreateBook,
    @CurrentUser() { userId: actorId }: Principal,
    @From() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Concluding() conclude: ConcludeRoute,
  ): Promise<BookView> {
    const view = (book: Book): BookView => show(book, reply);
    return view(await this.books.create(body, { actorId, caller }, (act) => conclude(act, view)));
  }

  @Patch(':id')
  @Roles('librarian', 'admin')
  @ApiOperation({
    operationId: 'updateBook',
    summary: 'Edit a book',
    description: 'Changes all fields that are sent, or none of them. For librarians and administrators.',
  })
  @ApiParam(ID)
  @ApiHeader(IF_MATCH_HEADER)
  @ApiOkResponse({ type: BookView, description: 'The edited book.', headers: ETAG_HEADER })
  @ApiProblem(
    'book.not_found',
    'route.not_found',
    'book.isbn_taken',
    'request.precondition_failed',
    'access.forbidden',
    'auth.step_up_required',
    ...SIGNED_IN,
  )
  async update(
    @Param('id') id: string,
    @Body() body: UpdateBook,
    @IfMatch() versions: number[] | undefined,
    @CurrentUser() { userId: actorId }: Principal,
    @From() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BookView> {
    return show(await this.books.update(id, body, { actorId, caller }, versions), reply);
  }

  @Delete(':id')
  @Roles('librarian', 'admin')
  @HttpCode(204)
  @ApiOperation({ operationId: 'deleteBook', summary: 'Delete a book', description: 'For librarians and administrators.' })
  @ApiParam(ID)
  @ApiHeader(IF_MATCH_HEADER)
  @ApiNoContentResponse({ description: 'The book is deleted.' })
  @ApiProblem('book.not_found', 'route.not_found', 'request.precondition_failed', 'access.forbidden', 'auth.step_up_required', ...SIGNED_IN)
  async delete(
    @Param('id') id: string,
    @IfMatch() versions: number[] | undefined,
    @CurrentUser() { userId: actorId }: Principal,
    @From() caller: Caller,
  ): Promise<void> {
    await this.books.delete(id, { actorId, caller }, versions);
  }
}

function show(book: Book, reply: FastifyReply): BookView {
  void reply.header('etag', toEtag(book.version));
  return toBookView(book);
}
