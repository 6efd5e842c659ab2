import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsNotEmpty, IsOptional, IsString, Matches } from 'class-validator';
import { KeepsPolicy } from '../../../auth/passwords/keeps-policy.js';
import { plainDigitsOf } from '../../../common/text.js';
import { Keeps } from '../../../common/field-checks.js';
import { cleanName } from '../../../users/field-values.js';
import { fromEmail, fromUsername } from '../../../users/identifiers.js';

/** An optional field that forms send empty if the user typed nothing. */
const IsOptionalText = () =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) => (value === '' ? null : value)),
    IsOptional(),
    IsString(),
  );

export class CheckUsername {
  @ApiProperty({ description: 'Percent-encoded.', example: 'username4' })
  @IsString()
  username!: string;
}

export class CheckEmail {
  @ApiProperty({ description: 'Percent-encoded.', example: 'someemail@email.com' })
  @IsString()
  email!: string;
}

export class SignUp {
  @ApiProperty({
    description: '3 to 32 letters (a-z), digits, dots, underscores or hyphens, with at least one letter; stored in lower case, unique.',
    example: 'username4',
  })
  @Keeps((text: string) => fromUsername(text))
  @IsString()
  @IsNotEmpty()
  username!: string;

  @ApiProperty({ description: 'E-mail address, stored in lower case. The server mails a code to it.', example: 'email4@email.com' })
  @Keeps((text: string) => fromEmail(text))
  @IsString()
  @IsNotEmpty()
  email!: string;

  @ApiPropertyOptional({ description: 'First name.', type: String, example: 'this firsname' })
  @Keeps((text: string) => cleanName(text, 'firstname'))
  @IsOptionalText()
  firstname?: string | null;

  @ApiPropertyOptional({ description: 'Last name.', type: String, example: 'this lastname' })
  @Keeps((text: string) => cleanName(text, 'lastname'))
  @IsOptionalText()
  lastname?: string | null;

  @ApiProperty({ description: 'At least 6 characters.', example: 'password' })
  @KeepsPolicy('legacy')
  @IsString()
  @IsNotEmpty()
  password!: string;

  @ApiPropertyOptional({
    description: 'Digits, with or without a leading `+`; unique.',
    type: String,
    example: '008070898742',
  })
  @IsOptionalText()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? plainDigitsOf(value) : value))
  @Matches(/^\+?\d{6,15}$/, { message: 'Use 6 to 15 digits, with or without + before them.' })
  phonenumber?: string | null;
}
