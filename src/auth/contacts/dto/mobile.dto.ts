import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength, ValidateIf } from 'class-validator';
import { CodeField } from '../../../common/code-field.js';
import { Keeps } from '../../../common/field-checks.js';
import { fromMobile } from '../../../users/identifiers.js';
import { MAX_PASSWORD_INPUT } from '../../passwords/dto/password-input.js';

export class RemoveMobile {
  @ApiPropertyOptional({
    description:
      'The password of the account. Leave it out for an account that has none: its session then needs a proof that is at most 300 s old.',
    format: 'password',
    maxLength: MAX_PASSWORD_INPUT,
    example: 'four bright birds sing',
  })
  @ValidateIf((body: RemoveMobile) => body.currentPassword !== undefined)
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_PASSWORD_INPUT)
  currentPassword?: string;
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
