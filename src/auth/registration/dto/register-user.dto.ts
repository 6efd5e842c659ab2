import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { DocumentsForms } from '../../../common/body-forms.js';
import { KeepsTogether } from '../../../common/field-checks.js';
import { WrittenField } from '../../../users/dto/written-field.js';
import type { Lacking } from '../../../users/field-sets.js';
import type { Gender } from '../../../users/field-values.js';
import { ReturnTo } from '../../challenges/dto/return-to.js';
import { KeepsPolicy } from '../../passwords/keeps-policy.js';
import { MAX_PASSWORD_INPUT } from '../../passwords/dto/password-input.js';
import { demandContact, demandOneContact } from '../registration-rules.js';

@KeepsTogether(demandContact)
@KeepsTogether((body: RegisterUser, { ACCOUNT_PRIVACY }) => (ACCOUNT_PRIVACY === 'strict' ? demandOneContact(body) : undefined))
@DocumentsForms({ ByEmail: { requires: ['email'], takes: ['mobile'] }, ByMobile: { requires: ['mobile'] } })
export class RegisterUser implements Lacking<'register', RegisterUser> {
  @WrittenField('email', {
    description: 'Required unless `mobile` is given. The server sends a confirmation mail there.',
    format: 'email',
    example: 'ada@example.com',
  })
  email?: string;

  @WrittenField('mobile', {
    description: 'Required unless `email` is given. With `+` and country code, or as dialled nationally.',
    example: '+1 202 555 0147',
  })
  mobile?: string;

  @WrittenField('username', {
    description: 'Letters (a-z), digits, `.`, `_` and `-`, with at least one letter; case-insensitively unique.',
    minLength: 3,
    example: 'ada',
  })
  username?: string;

  @WrittenField('firstName', { description: 'On one line, without control characters.', example: 'Ada' })
  firstName?: string;

  @WrittenField('lastName', { description: 'On one line, without control characters.', example: 'Lovelace' })
  lastName?: string;

  @WrittenField('gender', { description: 'Omit it for no statement.', example: 'female' })
  gender?: Gender;

  @WrittenField('locale', { description: 'BCP 47 language tag.', example: 'en-GB' })
  locale?: string;

  @ApiProperty({
    description:
      'At least 15 characters (a setting) of any kind; a sentence works well. The server refuses common passwords and names of the user.',
    format: 'password',
    maxLength: MAX_PASSWORD_INPUT,
    example: 'four bright birds sing',
  })
  @KeepsPolicy()
  @IsString()
  @MaxLength(MAX_PASSWORD_INPUT)
  password!: string;

  @ReturnTo()
  returnTo?: string;
}
