import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsArray, IsInt, IsOptional, IsString } from 'class-validator';
import { Keeps } from '../../common/field-checks.js';
import {
  MAX_AUTHORS,
  MAX_AUTHOR_CHARS,
  MAX_COPIES,
  MAX_TITLE_CHARS,
  MAX_YEAR,
  MIN_YEAR,
  canonicalIsbn,
  checkedCopies,
  checkedYear,
  cleanAuthors,
  cleanTitle,
} from '../book-fields.js';

// Lengths, ranges and check digits hold in every wire format: the service checks them, too.

const TITLE = { description: 'On one line.', minLength: 1, maxLength: MAX_TITLE_CHARS, example: 'The Difference Engine' };
const AUTHORS = {
  description: `At most ${MAX_AUTHORS} names of at most ${MAX_AUTHOR_CHARS} characters, in the order of the title page; null for none.`,
  type: 'array',
  items: { type: 'string', minLength: 1, maxLength: MAX_AUTHOR_CHARS },
  maxItems: MAX_AUTHORS,
  nullable: true,
  example: ['William Gibson', 'Bruce Sterling'],
} as const;
const ISBN = {
  description: 'ISBN-10 or ISBN-13 with a valid check digit, with or without hyphens; null for none.',
  type: 'string',
  nullable: true,
  example: '0-575-04762-3',
} as const;
const YEAR = {
  description: 'Year of publication; null when it is not known.',
  type: 'integer',
  minimum: MIN_YEAR,
  maximum: MAX_YEAR,
  nullable: true,
  example: 1990,
} as const;
const COPIES = { description: 'Number of copies in the library.', type: 'integer', minimum: 0, maximum: MAX_COPIES, example: 2 } as const;

export class CreateBook {
  @ApiProperty(TITLE)
  @Keeps(cleanTitle)
  @IsString()
  title!: string;

  @ApiPropertyOptional(AUTHORS)
  @Keeps(cleanAuthors)
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  authors?: string[] | null;

  @ApiPropertyOptional(ISBN)
  @Keeps(canonicalIsbn)
  @IsOptional()
  @IsString()
  isbn?: string | null;

  @ApiPropertyOptional(YEAR)
  @Keeps(checkedYear)
  @IsOptional()
  @IsInt()
  year?: number | null;

  @ApiPropertyOptional({ ...COPIES, default: 1 })
  @Keeps(checkedCopies)
  @IsOptional()
  @IsInt()
  copies?: number | null;
}

/** Absent fields stay. */
export class UpdateBook {
  @ApiPropertyOptional(TITLE)
  @Keeps(cleanTitle)
  @IsOptional()
  @IsString()
  title?: string;

  @ApiPropertyOptional(AUTHORS)
  @Keeps(cleanAuthors)
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  authors?: string[] | null;

  @ApiPropertyOptional(ISBN)
  @Keeps(canonicalIsbn)
  @IsOptional()
  @IsString()
  isbn?: string | null;

  @ApiPropertyOptional(YEAR)
  @Keeps(checkedYear)
  @IsOptional()
  @IsInt()
  year?: number | null;

  @ApiPropertyOptional(COPIES)
  @Keeps(checkedCopies)
  @IsOptional()
  @IsInt()
  copies?: number;
}
