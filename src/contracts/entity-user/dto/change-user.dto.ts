import { IsString } from 'class-validator';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { KeepsPolicy } from '../../../auth/passwords/keeps-policy.js';
import { Keeps } from '../../../common/field-checks.js';
import { fromEmail, fromUsername } from '../../../users/identifiers.js';
import { MayBeAbsent } from '../../shared/may-be-absent.js';
import { IsOwnPassword } from '../../shared/accounts/own-password.js';

/** Absent fields stay unchanged. */
export class ChangeUser {
  @ApiPropertyOptional({ description: 'The new username.', example: 'oda' })
  @Keeps((text: string) => fromUsername(text))
  @MayBeAbsent()
  @IsString()
  username?: string;

  @ApiPropertyOptional({ description: 'The new e-mail address; it takes effect at once, unverified.', example: 'oda@mail.com' })
  @Keeps((text: string) => fromEmail(text))
  @MayBeAbsent()
  @IsString()
  email?: string;

  @ApiPropertyOptional({
    description: 'A PNG or JPEG; only in a multipart body.',
    type: 'string',
    format: 'binary',
    example: '(the bytes of a PNG or JPEG)',
  })
  profile_picture?: unknown;

  @IsOwnPassword()
  password?: string;
}

export class ChangePassword {
  @ApiProperty({ description: 'The current password.', example: 'oda123' })
  @IsString()
  old_password!: string;

  @ApiProperty({ description: 'At least 6 characters; must differ from the old password.', example: '123oda' })
  @KeepsPolicy('legacy')
  @IsString()
  new_password!: string;
}
