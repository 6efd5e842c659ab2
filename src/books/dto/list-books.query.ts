import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { PageQuery } from '../../common/pagination.js';

const MAX_QUERY_CHARS = 100;

export class ListBooks extends PageQuery {
  @ApiPropertyOptional({
    description:
      'Only books with this text in the title, in the name of an author or in the ISBN, in upper or lower case; an ISBN may contain hyphens or not. A text without three consecutive letters or digits finds only books whose title begins with it, ordered by title.',
    maxLength: MAX_QUERY_CHARS,
    example: 'gibson',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_QUERY_CHARS)
  q?: string;

  listName(): string {
    return `books?${this.q ?? ''}`;
  }
}
