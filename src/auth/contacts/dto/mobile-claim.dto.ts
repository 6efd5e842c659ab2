import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength, ValidateIf } from 'class-validator';
import { CodeField } from '../../../common/code-field.js';
import { KeepsPolicy } from '../../passwords/keeps-policy.js';
import { MAX_PASSWORD_INPUT } from '../../passwords/dto/password-input.js';
import { REGISTRATION_TICKET } from './registration-ticket.js';

export class RequestMobileClaim {
  @ApiProperty({ description: 'With `+` and country code, or as dialled nationally.', maxLength: 40, example: '+1 202 555 0147' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(40)
  mobile!: string;
}

export class ClaimMobile extends RequestMobileClaim {
  @ApiProperty({ description: 'Eight digits from the text message.', pattern: '^[0-9]{8}$', example: '40291738' })
  @CodeField(8)
  code!: string;

  @ApiPropertyOptional({
    description: 'Ticket of the registration (`registrationTicket`), if it was made here. An expired one counts as none.',
    maxLength: 100,
    example: REGISTRATION_TICKET,
  })
  @ValidateIf((body: ClaimMobile) => body.ticket !== undefined)
  @IsString()
  @MaxLength(100)
  ticket?: string;

  @ApiPropertyOptional({
    description: 'The password of the account.',
    format: 'password',
    maxLength: MAX_PASSWORD_INPUT,
    example: 'four bright birds sing',
  })
  @ValidateIf((body: ClaimMobile) => body.password !== undefined)
  @IsString()
  @MaxLength(MAX_PASSWORD_INPUT)
  password?: string;

  @ApiPropertyOptional({
    description: 'A new password, if somebody else registered the account with your number. Ends every session.',
    format: 'password',
    maxLength: MAX_PASSWORD_INPUT,
    example: 'seven calm rivers run',
  })
  @KeepsPolicy()
  @ValidateIf((body: ClaimMobile) => body.newPassword !== undefined)
  @IsString()
  @MaxLength(MAX_PASSWORD_INPUT)
  newPassword?: string;
}
