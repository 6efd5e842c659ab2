import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, type TransformFnParams } from 'class-transformer';
import { IsIn, IsObject, IsOptional, IsString, MaxLength } from 'class-validator';
import { GENDERS, type Gender, type Metadata } from '../account.js';
import { MAX_METADATA_BYTES, MAX_METADATA_DEPTH, MAX_NAME_CHARS } from '../profile.js';

/** What an account's owner may edit at once: absent fields stay, null clears. */
export class UpdateProfile {
  @ApiPropertyOptional({
    description:
      'Letters (a-z), digits, `.`, `_` and `-`, with at least one letter; case-insensitively unique. Null only for accounts with an e-mail address or a mobile number.',
    type: 'string',
    nullable: true,
    minLength: 3,
    maxLength: 32,
    example: 'ada',
  })
  @IsOptional()
  @IsString()
  @MaxLength(32)
  username?: string | null;

  @ApiPropertyOptional({
    description: 'On one line, without control characters.',
    type: 'string',
    nullable: true,
    maxLength: MAX_NAME_CHARS,
    example: 'Ada',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_NAME_CHARS)
  firstName?: string | null;

  @ApiPropertyOptional({
    description: 'On one line, without control characters.',
    type: 'string',
    nullable: true,
    maxLength: MAX_NAME_CHARS,
    example: 'Lovelace',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_NAME_CHARS)
  lastName?: string | null;

  @ApiPropertyOptional({ description: 'Null for no statement.', enum: GENDERS, enumName: 'Gender', nullable: true, example: 'female' })
  @IsOptional()
  @IsIn(GENDERS)
  gender?: Gender | null;

  @ApiPropertyOptional({ description: 'BCP 47 language tag.', type: 'string', nullable: true, maxLength: 35, example: 'en-GB' })
  @IsOptional()
  @IsString()
  @MaxLength(35)
  locale?: string | null;

  @ApiPropertyOptional({
    description: `A JSON object for your app; it replaces the previous one. At most ${MAX_METADATA_BYTES} bytes as compact JSON, ${MAX_METADATA_DEPTH} levels deep. The user can read and change it: do not store permissions in it.`,
    type: 'object',
    additionalProperties: true,
    nullable: true,
    example: { theme: 'dark' },
  })
  @IsOptional()
  @IsObject()
  // As it was sent: class-transformer's copy lacks keys that are also names of methods, such as `toString`.
  @Transform(({ obj }: TransformFnParams) => (obj as UpdateProfile).metadata)
  metadata?: Metadata | null;
}
