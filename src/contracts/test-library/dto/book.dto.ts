import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsArray, IsInt, IsOptional, IsString } from 'class-validator';

type Transformed = { value: unknown };

/** Forms send numbers as text, and empty text for no number. */
const NumberOrDigits = () =>
  applyDecorators(
    Transform(({ value }: Transformed) =>
      typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value === '' ? null : value,
    ),
    IsOptional(),
    IsInt(),
  );

/** In forms a field that is sent once is not an array, and an empty one means no author. */
const Names = () =>
  applyDecorators(
    Transform(({ value }: Transformed) => (typeof value === 'string' ? [value].filter((name) => name !== '') : value)),
    IsOptional(),
    IsArray(),
    IsString({ each: true }),
  );

const TITLE = { description: 'On one line.', example: 'The Difference Engine' };
const AUTHORS = {
  description: 'Names in the order of the title page; in forms send one field for each name.',
  type: 'array',
  items: { type: 'string' },
  example: ['William Gibson', 'Bruce Sterling'],
} as const;
const AUTHOR = {
  description: 'The same as a single name in `authors`, which goes first.',
  type: 'string',
  example: 'William Gibson',
} as const;
const ISBN = {
  description: 'ISBN-10 or ISBN-13 with a valid check digit, with or without hyphens.',
  type: 'string',
  example: '0-575-04762-3',
} as const;
const YEAR = { description: 'Year of publication.', type: 'integer', example: 1990 } as const;
const COPIES = { description: 'Number of copies in the library.', type: 'integer', example: 2 } as const;

class BookFields {
  @ApiPropertyOptional(AUTHORS)
  @Names()
  authors?: string[] | null;

  @ApiPropertyOptional(AUTHOR)
  @Names()
  author?: string[] | null;

  @ApiPropertyOptional(ISBN)
  @IsOptional()
  @IsString()
  isbn?: string | null;

  @ApiPropertyOptional(YEAR)
  @NumberOrDigits()
  year?: number | null;

  @ApiPropertyOptional(COPIES)
  @NumberOrDigits()
  copies?: number | null;
}

export class AddBook extends BookFields {
  @ApiProperty(TITLE)
  @IsString()
  title!: string;
}

/** The fields as the core knows them. */
export function toCoreBook<Sent extends BookFields>({ author, ...fields }: Sent): Omit<Sent, 'author'> {
  return fields.authors === undefined && author !== undefined ? { ...fields, authors: author } : fields;
}

/** Absent fields stay unchanged. */
export class UpdateBook extends BookFields {
  @ApiPropertyOptional(TITLE)
  @IsOptional()
  @IsString()
  title?: string;
}
