import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { ROLES, type Role } from '../../common/access.js';
import { KeepsTogether } from '../../common/field-checks.js';
import { PageQuery } from '../../common/pagination.js';
import { Time } from '../../common/time.js';
import { ACCOUNT_STATUSES, type AccountStatus } from '../../users/directory/directory.js';
import { searchOf, searchText } from '../../users/directory/search-text.js';

const MAX_SEARCH_CHARS = 254;

/** At most one search, and any number of filters. */
@KeepsTogether((filter: ListUsersQuery, { DEFAULT_REGION }) => {
  const by = searchOf(filter);
  const text = by === undefined ? undefined : filter[by];
  if (by !== undefined && typeof text === 'string') searchText(by, text, DEFAULT_REGION);
})
export class ListUsersQuery extends PageQuery {
  @ApiPropertyOptional({
    description:
      'Text anywhere in the e-mail address, username, mobile number or name, in upper or lower case; needs at least three consecutive letters or digits.',
    maxLength: MAX_SEARCH_CHARS,
    example: 'lovelace',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_SEARCH_CHARS)
  search?: string;

  @ApiPropertyOptional({ description: 'Beginning of the e-mail address.', maxLength: MAX_SEARCH_CHARS, example: 'ada@' })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_SEARCH_CHARS)
  email?: string;

  @ApiPropertyOptional({ description: 'Beginning of the username.', maxLength: MAX_SEARCH_CHARS, example: 'ada' })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_SEARCH_CHARS)
  username?: string;

  @ApiPropertyOptional({
    description: 'Beginning of the mobile number with `+` and country code, or a whole number as dialled nationally.',
    maxLength: MAX_SEARCH_CHARS,
    example: '+1202',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_SEARCH_CHARS)
  mobile?: string;

  @ApiPropertyOptional({ description: 'Beginning of first and last name.', maxLength: MAX_SEARCH_CHARS, example: 'Ada Lo' })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_SEARCH_CHARS)
  name?: string;

  @ApiPropertyOptional({ description: 'State of the accounts.', enum: ACCOUNT_STATUSES, enumName: 'AccountStatus', example: 'active' })
  @IsOptional()
  @IsIn(ACCOUNT_STATUSES)
  status?: AccountStatus;

  @ApiPropertyOptional({ description: 'Only accounts with this role.', enum: ROLES, enumName: 'Role', example: 'librarian' })
  @IsOptional()
  @IsIn(ROLES)
  role?: Role;

  @ApiPropertyOptional({ description: 'Whether the e-mail address or the mobile number is verified.', type: Boolean, example: true })
  @IsOptional()
  @IsBoolean()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  verified?: boolean;

  @Time({ description: 'Created at or after this time.', example: '2026-03-01T00:00:00Z' })
  createdFrom?: Date;

  @Time({ description: 'Created before this time.', example: '2026-04-01T00:00:00Z' })
  createdTo?: Date;

  @Time({ description: 'Last sign-in at or after this time.', example: '2026-03-01T00:00:00Z' })
  lastSignInFrom?: Date;

  @Time({ description: 'Last sign-in before this time; omits accounts that never signed in.', example: '2026-04-01T00:00:00Z' })
  lastSignInTo?: Date;

  listName(): string {
    const { limit: _limit, cursor: _cursor, ...filter } = this;
    const given = Object.entries(filter).filter(([, value]) => value !== undefined);
    return `users ${JSON.stringify(given.toSorted(([a], [b]) => (a < b ? -1 : 1)))}`;
  }
}
