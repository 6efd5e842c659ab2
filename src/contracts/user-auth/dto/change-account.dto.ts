import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsString } from 'class-validator';
import { MayBeAbsent } from '../../shared/may-be-absent.js';

/** Absent fields stay unchanged. */
export class ChangeAccount {
  @ApiPropertyOptional({ description: 'User name.', example: 'fatematzuhora' })
  @MayBeAbsent()
  @IsString()
  username?: string;

  @ApiPropertyOptional({ description: 'User email address; it takes effect at once, unverified.', example: 'fatema@example.com' })
  @MayBeAbsent()
  @IsString()
  email?: string;

  @ApiPropertyOptional({ description: 'User mobile number.', example: '01XXXXXXXXX' })
  @MayBeAbsent()
  @IsString()
  mobile?: string;

  @ApiPropertyOptional({ description: 'Male / Female, in upper or lower case.', example: 'Female' })
  @MayBeAbsent()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toLowerCase() : value))
  @IsIn(['male', 'female'], { message: 'gender must be Male or Female' })
  gender?: 'male' | 'female';
}

export class ChangePassword {
  @ApiProperty({ description: 'User old password.', example: 'password' })
  @IsString()
  old_password!: string;

  @ApiProperty({ description: 'User new password: at least 6 characters.', example: 'password01' })
  @IsString()
  new_password!: string;
}
