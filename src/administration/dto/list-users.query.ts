import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { ROLES, type Role } from '../../common/access.js';
import { PageQuery } from '../../common/pagination.js';
import { Time } from '../../common/time.js';
import { ACCOUNT_STATUSES, type AccountStatus } from '../../users/directory/directory.js';

const MAX_SEARCH_CHARS = 254;

/** One search, or none, and any number of filters. */
export class ListUsersQuery extends PageQuery {
  @ApiPropertyOptional({
    description:
      'Text anywhere in the e-mail address, username, mobile number or name, whatever the case; with at least three letters or digits side by side.',
    maxLength: MAX_SEARCH_CHARS,
    example: 'lovelace',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_SEARCH_CHARS)
  search?: string;

  @ApiPropertyOptional({ description: 'What the e-mail address begins with.', maxLength: MAX_SEARCH_CHARS, example: 'ada@' })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_SEARCH_CHARS)
  email?: string;

  @ApiPropertyOptional({ description: 'What the username begins with.', maxLength: MAX_SEARCH_CHARS, example: 'ada' })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_SEARCH_CHARS)
  username?: string;

  @ApiPropertyOptional({
    description: 'What the mobile number begins with: `+` and country code, or a whole number as dialled at home.',
    maxLength: MAX_SEARCH_CHARS,
    example: '+1202',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_SEARCH_CHARS)
  mobile?: string;

  @ApiPropertyOptional({ description: 'What first and last name begin with.', maxLength: MAX_SEARCH_CHARS, example: 'Ada Lo' })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_SEARCH_CHARS)
  name?: string;

  @ApiPropertyOptional({ description: 'Whether they can act.', enum: ACCOUNT_STATUSES, enumName: 'AccountStatus', example: 'active' })
  @IsOptional()
  @IsIn(ACCOUNT_STATUSES)
  status?: AccountStatus;

  @ApiPropertyOptional({ description: 'Those that have this role.', enum: ROLES, enumName: 'Role', example: 'librarian' })
  @IsOptional()
  @IsIn(ROLES)
  role?: Role;

  @ApiPropertyOptional({ description: 'Whether the e-mail address or the mobile number is proven.', type: Boolean, example: true })
  @IsOptional()
  @IsBoolean()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  verified?: boolean;

  @Time({ description: 'Made not before this time.', example: '2026-03-01T00:00:00Z' })
  createdFrom?: Date;

  @Time({ description: 'Made before this time.', example: '2026-04-01T00:00:00Z' })
  createdTo?: Date;

  @Time({ description: 'Last signed in not before this time.', example: '2026-03-01T00:00:00Z' })
  lastSignInFrom?: Date;

  @Time({ description: 'Last signed in before this time; accounts that never did are left out.', example: '2026-04-01T00:00:00Z' })
  lastSignInTo?: Date;
}
