import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { type AccountFieldName, rowOf } from '../account-fields.js';

/**
 * A property of a body that writes a field with a text, and may be left out. Its rules are those of the field's row: what texts there are,
 * or how long one may be.
 */
export function WrittenField(name: AccountFieldName, documentation: ApiPropertyOptions): PropertyDecorator {
  const { maxChars, oneOf } = rowOf(name);
  if (oneOf !== undefined) {
    const enumName = `${name[0]?.toUpperCase()}${name.slice(1)}`;
    return applyDecorators(IsIn(oneOf), IsOptional(), ApiPropertyOptional({ enum: [...oneOf], enumName, ...documentation }));
  }
  if (maxChars === undefined) throw new Error(`The row of ${name} does not say how long it may be`);
  const { example, ...described } = documentation;
  const property = ApiPropertyOptional({ ...described, maxLength: maxChars, example });
  // In the order in which decorators above a property would run, the lowest first: the last rule that is broken is reported.
  return applyDecorators(MaxLength(maxChars), IsString(), IsOptional(), property);
}
