import { ApiProperty } from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength } from 'class-validator';
import { CodeField } from '../../../common/code-field.js';
import { Keeps } from '../../../common/field-checks.js';
import { fromMobile } from '../../../users/identifiers.js';
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
  @Keeps((text: string, { DEFAULT_REGION }) => fromMobile(text, DEFAULT_REGION))
  @IsString()
  @IsNotEmpty()
  @MaxLength(40)
  mobile!: string;
}

export class ConfirmMobile {
  @ApiProperty({ description: 'Eight digits from the text message.', pattern: '^[0-9]{8}$', example: '40291738' })
  @CodeField(8)
  code!: string;
}
