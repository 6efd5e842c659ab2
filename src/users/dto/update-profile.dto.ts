import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, type TransformFnParams } from 'class-transformer';
import { IsObject, IsOptional } from 'class-validator';
import { Keeps } from '../../common/field-checks.js';
import type { Lacking } from '../field-sets.js';
import { type Gender, MAX_METADATA_BYTES, MAX_METADATA_DEPTH, type Metadata, checkedMetadata } from '../field-values.js';
import { WrittenField } from './written-field.js';

const TEXT_OR_NULL = { type: 'string', nullable: true } as const;

/** What an owner may edit without the password: absent fields stay, null clears. */
export class UpdateProfile implements Lacking<'edit', UpdateProfile> {
  @WrittenField('username', {
    description:
      'Letters (a-z), digits, `.`, `_` and `-`, with at least one letter; case-insensitively unique. Null only for accounts with an e-mail address or a mobile number.',
    ...TEXT_OR_NULL,
    minLength: 3,
    example: 'ada',
  })
  username?: string | null;

  @WrittenField('firstName', { description: 'On one line, without control characters.', ...TEXT_OR_NULL, example: 'Ada' })
  firstName?: string | null;

  @WrittenField('lastName', { description: 'On one line, without control characters.', ...TEXT_OR_NULL, example: 'Lovelace' })
  lastName?: string | null;

  @WrittenField('gender', { description: 'Null for no statement.', nullable: true, example: 'female' })
  gender?: Gender | null;

  @WrittenField('locale', { description: 'BCP 47 language tag.', ...TEXT_OR_NULL, example: 'en-GB' })
  locale?: string | null;

  @ApiPropertyOptional({
    description: `A JSON object for your app; it replaces the previous one. At most ${MAX_METADATA_BYTES} bytes as compact JSON, ${MAX_METADATA_DEPTH} levels deep. The user can read and change it: do not store permissions in it.`,
    type: 'object',
    additionalProperties: true,
    nullable: true,
    example: { theme: 'dark' },
  })
  @Keeps(checkedMetadata)
  @IsOptional()
  @IsObject()
  // The original object: class-transformer's copy drops keys that are also names of methods, such as `toString`.
  @Transform(({ obj }: TransformFnParams) => (obj as UpdateProfile).metadata)
  metadata?: Metadata | null;
}
