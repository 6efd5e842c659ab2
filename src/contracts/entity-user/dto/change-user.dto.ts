import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { MayBeAbsent } from '../../shared/may-be-absent.js';

/** What is not sent stays as it is. */
export class ChangeUser {
  @ApiPropertyOptional({ description: 'Another username.', example: 'oda' })
  @MayBeAbsent()
  @IsString()
  username?: string;

  @ApiPropertyOptional({ description: 'Another e-mail address; counts at once, not verified.', example: 'oda@mail.com' })
  @MayBeAbsent()
  @IsString()
  email?: string;

  @ApiPropertyOptional({
    description: 'A PNG or JPEG; in a multipart body only.',
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

  @ApiProperty({ description: 'At least 6 characters, and another one.', example: '123oda' })
  @IsString()
  new_password!: string;
}
