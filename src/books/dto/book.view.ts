import { ApiProperty } from '@nestjs/swagger';
import type { Book } from '../book.js';

export class BookView {
  @ApiProperty({ description: 'UUIDv7; never changes.', format: 'uuid', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11' })
  id!: string;

  @ApiProperty({ description: 'A sequential number; never changes.', type: 'integer', minimum: 1, example: 42 })
  number!: number;

  @ApiProperty({ description: 'On one line.', example: 'The Difference Engine' })
  title!: string;

  @ApiProperty({
    description: 'Names in the order of the title page; empty if the author is unknown.',
    type: [String],
    example: ['William Gibson', 'Bruce Sterling'],
  })
  authors!: string[];

  @ApiProperty({ description: 'ISBN-13 without hyphens; unique.', type: 'string', nullable: true, example: '9780575047624' })
  isbn!: string | null;

  @ApiProperty({ description: 'Year of publication.', type: 'integer', nullable: true, example: 1990 })
  year!: number | null;

  @ApiProperty({ description: 'Number of copies in the library.', type: 'integer', minimum: 0, example: 2 })
  copies!: number;

  @ApiProperty({ description: 'When the book was added.', format: 'date-time', type: 'string', example: '2026-03-01T09:30:00.000Z' })
  createdAt!: string;

  @ApiProperty({ description: 'When the book was last edited.', format: 'date-time', type: 'string', example: '2026-03-01T09:30:00.000Z' })
  updatedAt!: string;

  @ApiProperty({ description: 'Increases with every edit; in quotes it is the `ETag`.', type: 'integer', minimum: 1, example: 3 })
  version!: number;
}

export class BookPageView {
  @ApiProperty({ description: 'The books of this page.', type: [BookView] })
  data!: BookView[];

  @ApiProperty({
    description: 'Send it as `cursor` for the next page; null on the last one.',
    type: 'string',
    nullable: true,
    example: 'rS0cQ2wmSd1bIjAxOWE5ZjNlLTZjMWItN2MzZS1hNmQwLTVmMGY2ZjNiMWExMSJd',
  })
  nextCursor!: string | null;
}

/** A book as callers see it. */
export function toBookView({ createdAt, updatedAt, ...book }: Book): BookView {
  return { ...book, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}
