import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { Keeps } from '../../common/field-checks.js';
import { type AccountFieldName, rowOf } from '../account-fields.js';

/**
 * Decorates an optional text property of a body that writes an account field. The permitted values, the maximum length and the rules come
 * from the field's row.
 */
export function WrittenField(name: AccountFieldName, documentation: ApiPropertyOptions): PropertyDecorator {
  const { maxChars, oneOf, read } = rowOf(name);
  if (oneOf !== undefined) {
    const enumName = `${name[0]?.toUpperCase()}${name.slice(1)}`;
    return applyDecorators(IsIn(oneOf), IsOptional(), ApiPropertyOptional({ enum: [...oneOf], enumName, ...documentation }));
  }
  if (maxChars === undefined) throw new Error(`The row of ${name} does not say how long it may be`);
  const { example, ...described } = documentation;
  const property = ApiPropertyOptional({ ...described, maxLength: maxChars, example });
  // Decorators above a property run from the lowest up. The same order matters here: the last broken rule is the one that is reported.
  const keeps = Keeps<unknown>((value, { DEFAULT_REGION }) => read?.(value, DEFAULT_REGION));
  return applyDecorators(keeps, MaxLength(maxChars), IsString(), IsOptional(), property);
}
