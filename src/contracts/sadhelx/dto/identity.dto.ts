import { ApiProperty } from '@nestjs/swagger';
import { IsNotEmpty, IsString } from 'class-validator';
import { KeepsPolicy } from '../../../auth/passwords/keeps-policy.js';
import { IsCode } from '../../shared/code.js';
import { IsSameAs } from '../../shared/same-as.js';

export class WithIdentity {
  @ApiProperty({ description: 'Username, e-mail address or phone number.', example: 'someemail@email.com' })
  @IsString()
  @IsNotEmpty()
  identity!: string;
}

export class Login extends WithIdentity {
  @ApiProperty({ description: 'The password.', example: 'somepassword' })
  @IsString()
  @IsNotEmpty()
  password!: string;
}

export class WithCode extends WithIdentity {
  @ApiProperty({ description: 'The six digits from the mail.', example: '402917' })
  @IsCode()
  @IsNotEmpty()
  code!: string;
}

export class ResetPassword extends WithIdentity {
  @ApiProperty({ description: 'The new password: at least 6 characters.', example: 'passwordbaru' })
  @KeepsPolicy('legacy')
  @IsString()
  @IsNotEmpty()
  password!: string;

  @ApiProperty({ description: 'The new password again.', example: 'passwordbaru' })
  @IsSameAs('password')
  password_re!: string;

  @ApiProperty({ description: 'The `data.code` that the check of the code returned, or the six digits themselves.', example: '402917' })
  @IsCode()
  @IsNotEmpty()
  code!: string;
}

export class UploadAvatar extends WithIdentity {
  @ApiProperty({
    description: 'A PNG, JPEG or WebP; only in a multipart body.',
    type: 'string',
    format: 'binary',
    example: '(the bytes of a PNG, JPEG or WebP)',
  })
  avatar?: unknown;
}
