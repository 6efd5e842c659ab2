import { ApiProperty } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { IsOwnPassword } from '../../shared/accounts/own-password.js';

export class ChangeUsername {
  @ApiProperty({ description: "The caller's current username.", example: 'user3' })
  @IsString()
  current_username!: string;

  @ApiProperty({ description: 'Another one.', example: 'user_new_one' })
  @IsString()
  new_username!: string;

  @IsOwnPassword()
  password?: string;
}

/** The usernames that the document shows next to it are ignored. */
export class UpdatePropic {
  @ApiProperty({
    description: 'A PNG or JPEG; only in a multipart body. The fields `image_file`, `file`, `picture` and `propic` work as well.',
    type: 'string',
    format: 'binary',
    example: '(the bytes of a PNG or JPEG)',
  })
  propic_new?: unknown;
}
