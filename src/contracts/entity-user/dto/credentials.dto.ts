import { IsString } from 'class-validator';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { PasswordPolicy } from '../../../auth/passwords/password-policy.service.js';
import type { SettingValues } from '../../../common/declared.js';
import { Keeps } from '../../../common/field-checks.js';
import { fromEmail, fromUsername } from '../../../users/identifiers.js';
import { MayBeAbsent } from '../../shared/may-be-absent.js';

/** A rule for registrations: a login with another address or a shorter password is only wrong. */
const ToRegister = (check: (text: string, settings: SettingValues) => unknown) =>
  Keeps<string>((text, settings, { username }) => (typeof username === 'string' && username !== '' ? check(text, settings) : undefined));

export class Login {
  @ApiProperty({ description: 'E-mail address.', example: 'oda@mail.com' })
  @ToRegister((text) => fromEmail(text))
  @IsString()
  email!: string;

  @ApiProperty({ description: 'At least 6 characters.', example: 'oda123' })
  @ToRegister((text, settings) => new PasswordPolicy(settings).check(text, { roles: [] }, { policy: 'legacy' }))
  @IsString()
  password!: string;
}

export class RegisterOrLogin extends Login {
  @ApiPropertyOptional({ description: 'Send it to register; an empty one signs in.', example: 'oda' })
  // Null is what scripts send for a field of a form that nobody filled in.
  @Transform(({ value }: { value: unknown }) => (value === '' || value === null ? undefined : value))
  @ToRegister((text) => fromUsername(text))
  @MayBeAbsent()
  @IsString()
  username?: string;
}
