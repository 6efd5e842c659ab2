import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsNotEmpty, IsOptional, IsString, Matches } from 'class-validator';

/** Accepts upper case and lower-cases it later, because lower-casing first would turn letters of other alphabets into ASCII letters. */
const IsUsername = () =>
  applyDecorators(
    IsString(),
    Matches(/^[a-z\d.]{6,20}$/i, { message: 'username must be 6 to 20 of a-z, 0-9 and dots, with at least one letter' }),
  );

/** An optional field that forms send empty if the user typed nothing. */
const IsOptionalText = () =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) => (value === '' ? null : value)),
    IsOptional(),
    IsString(),
  );

export class CheckUsername {
  @ApiProperty({ description: 'Percent-encoded.', example: 'username4' })
  @IsUsername()
  username!: string;
}

export class CheckEmail {
  @ApiProperty({ description: 'Percent-encoded.', example: 'someemail@email.com' })
  @IsString()
  email!: string;
}

export class SignUp {
  @ApiProperty({ description: '6 to 20 characters of `a-z0-9.`, stored in lower case.', example: 'username4' })
  @IsUsername()
  username!: string;

  @ApiProperty({ description: 'E-mail address, stored in lower case. The server mails a code to it.', example: 'email4@email.com' })
  @IsString()
  @IsNotEmpty()
  email!: string;

  @ApiPropertyOptional({ description: 'First name.', type: String, example: 'this firsname' })
  @IsOptionalText()
  firstname?: string | null;

  @ApiPropertyOptional({ description: 'Last name.', type: String, example: 'this lastname' })
  @IsOptionalText()
  lastname?: string | null;

  @ApiProperty({ description: 'At least 6 characters.', example: 'password' })
  @IsString()
  @IsNotEmpty()
  password!: string;

  @ApiPropertyOptional({
    description: 'Digits, with or without a leading `+`; unique.',
    type: String,
    example: '008070898742',
  })
  @IsOptionalText()
  @Matches(/^\+?\d{6,15}$/, { message: 'phonenumber must be 6 to 15 digits, with or without + before them' })
  phonenumber?: string | null;
}
