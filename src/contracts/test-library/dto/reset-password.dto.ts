import { ApiProperty } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { IsCode } from '../../shared/code.js';
import { IsSameAs } from '../../shared/same-as.js';

export class RequestResetPassword {
  @ApiProperty({ description: 'E-mail address of the account.', example: 'jajabi2@mail.com' })
  @IsString()
  your_email!: string;
}

export class ResetPassword {
  @ApiProperty({ description: 'At least 6 characters.', example: 'johndoe2' })
  @IsString()
  new_password!: string;

  @ApiProperty({ description: 'The new password again.', example: 'johndoe2' })
  @IsSameAs('new_password')
  confirm_new_password!: string;

  @ApiProperty({
    description: 'Six digits from the mail, as a number or as text; leading zeros are optional.',
    oneOf: [{ type: 'integer' }, { type: 'string' }],
    example: 613955,
  })
  @IsCode()
  OTP!: string;
}
