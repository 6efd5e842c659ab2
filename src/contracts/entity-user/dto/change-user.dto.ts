import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { MayBeAbsent } from '../../shared/may-be-absent.js';

/** Absent fields stay unchanged. */
export class ChangeUser {
  @ApiPropertyOptional({ description: 'The new username.', example: 'oda' })
  @MayBeAbsent()
  @IsString()
  username?: string;

  @ApiPropertyOptional({ description: 'The new e-mail address; it takes effect at once, unverified.', example: 'oda@mail.com' })
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
}

export class ChangePassword {
  @ApiProperty({ description: 'The current password.', example: 'oda123' })
  @IsString()
  old_password!: string;

  @ApiProperty({ description: 'At least 6 characters; must differ from the old password.', example: '123oda' })
  @IsString()
  new_password!: string;
}
