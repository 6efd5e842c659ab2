import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength } from 'class-validator';

const MAX_CHARS = 100;

/** Property decorator: the token of a mailed link, as a page sends it or an app does. */
export function LinkTokenField(description = 'Token of the link; the page has it in a hidden field.'): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ description, maxLength: MAX_CHARS, example: 'AZqfPmwbfD6m0F8PbzsaEUu1mH8pWc4vR2sQ9dXk7LtYbN3gJe5fZo' }),
    IsString(),
    IsNotEmpty(),
    MaxLength(MAX_CHARS),
  );
}
