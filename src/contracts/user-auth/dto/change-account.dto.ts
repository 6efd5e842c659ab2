import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsString } from 'class-validator';
import { KeepsPolicy } from '../../../auth/passwords/keeps-policy.js';
import { Keeps } from '../../../common/field-checks.js';
import { fromEmail, fromMobile, fromUsername } from '../../../users/identifiers.js';
import { MayBeAbsent } from '../../shared/may-be-absent.js';
import { IsOwnPassword } from '../../shared/accounts/own-password.js';

/** Absent fields stay unchanged. */
export class ChangeAccount {
  @ApiPropertyOptional({ description: 'User name.', example: 'fatematzuhora' })
  @Keeps((text: string) => fromUsername(text))
  @MayBeAbsent()
  @IsString()
  username?: string;

  @ApiPropertyOptional({ description: 'User email address; it takes effect at once, unverified.', example: 'fatema@example.com' })
  @Keeps((text: string) => fromEmail(text))
  @MayBeAbsent()
  @IsString()
  email?: string;

  @ApiPropertyOptional({ description: 'User mobile number.', example: '01XXXXXXXXX' })
  @Keeps((text: string, { DEFAULT_REGION }) => fromMobile(text, DEFAULT_REGION))
  @MayBeAbsent()
  @IsString()
  mobile?: string;

  @ApiPropertyOptional({ description: 'Male / Female, in upper or lower case.', example: 'Female' })
  @MayBeAbsent()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toLowerCase() : value))
  @IsIn(['male', 'female'], { message: 'Use Male or Female.' })
  gender?: 'male' | 'female';

  @IsOwnPassword()
  password?: string;
}

export class ChangePassword {
  @ApiProperty({ description: 'User old password.', example: 'password' })
  @IsString()
  old_password!: string;

  @ApiProperty({ description: 'User new password: at least 6 characters.', example: 'password01' })
  @KeepsPolicy('legacy')
  @IsString()
  new_password!: string;
}
