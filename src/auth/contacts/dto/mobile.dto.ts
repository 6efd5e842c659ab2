import { ApiProperty } from '@nestjs/swagger';
import { IsNotEmpty, IsString, Matches, MaxLength } from 'class-validator';
import { MAX_PASSWORD_INPUT } from '../../passwords/dto/password-input.js';

export class RemoveMobile {
  @ApiProperty({
    description: 'The password of the account.',
    format: 'password',
    maxLength: MAX_PASSWORD_INPUT,
    example: 'four bright birds sing',
  })
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_PASSWORD_INPUT)
  currentPassword!: string;
}

export class ChangeMobile extends RemoveMobile {
  @ApiProperty({ description: 'With `+` and country code, or as dialled nationally.', maxLength: 40, example: '+1 202 555 0147' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(40)
  mobile!: string;
}

export class ConfirmMobile {
  @ApiProperty({ description: 'Six digits from the text message.', pattern: '^[0-9]{6}$', example: '402917' })
  @Matches(/^\d{6}$/, { message: 'code must be six digits' })
  code!: string;
}
