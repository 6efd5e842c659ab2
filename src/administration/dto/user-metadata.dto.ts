import { ApiProperty } from '@nestjs/swagger';
import { Transform, type TransformFnParams } from 'class-transformer';
import { IsObject } from 'class-validator';
import { Keeps } from '../../common/field-checks.js';
import { MAX_METADATA_BYTES, MAX_METADATA_DEPTH, type Metadata, checkedObject } from '../../users/field-values.js';

/** What an administrator says of an account. */
export class SetMetadata {
  @ApiProperty({
    description: `A JSON object; it replaces the previous one. At most ${MAX_METADATA_BYTES} bytes as compact JSON, ${MAX_METADATA_DEPTH} levels deep. The user can read it. What \`CLAIMS_TEMPLATE\` makes claims of has at most 1,024 bytes.`,
    type: 'object',
    additionalProperties: true,
    example: { plan: 'pro' },
  })
  @Keeps((metadata: Metadata) => checkedObject(metadata, 'public'))
  @IsObject()
  // The original object: class-transformer's copy drops keys that are also names of methods, such as `toString`.
  @Transform(({ obj }: TransformFnParams) => (obj as SetMetadata).public)
  public!: Metadata;
}
