import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { Keeps } from '../../../common/field-checks.js';
import { demandListed } from '../listed-return-url.js';

/** A field that says where the page behind the mailed link leads back to. */
export function ReturnTo(
  description = 'URL to which the page behind the mailed link leads back: exactly one of the setting `RETURN_URLS`.',
) {
  return applyDecorators(
    ApiPropertyOptional({
      description,
      format: 'uri',
      maxLength: 2_000,
      example: 'https://app.example.com/welcome',
    }),
    Keeps<string>((url, settings) => demandListed(url, settings)),
    IsOptional(),
    IsString(),
    MaxLength(2_000),
  );
}
