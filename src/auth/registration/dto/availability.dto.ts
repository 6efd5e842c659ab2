import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';

/** Exactly one of the two. */
export class AvailabilityQuery {
  @ApiPropertyOptional({ description: 'Case-insensitively unique.', maxLength: 32, example: 'ada' })
  @IsOptional()
  @IsString()
  @MaxLength(32)
  username?: string;

  @ApiPropertyOptional({
    description: 'Case-insensitively unique. Percent-encoded, `+` as `%2B`.',
    format: 'email',
    maxLength: 254,
    example: 'ada@example.com',
  })
  @IsOptional()
  @IsString()
  @MaxLength(254)
  email?: string;
}

export class AvailabilityView {
  @ApiProperty({ description: 'Whether nobody has the name now. Somebody else may still take it before you.', example: true })
  available!: boolean;
}
