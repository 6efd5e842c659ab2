import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsBoolean, IsString, MaxLength, ValidateIf } from 'class-validator';
import { Keeps } from '../../common/field-checks.js';
import { MAX_DESCRIPTION_CHARS, MAX_TYPES } from '../endpoint.js';
import { demandTypes } from '../events/public-types.js';
import { MAX_URL_CHARS } from '../../outbound/given-address.js';
import { demandUrl } from '../webhook-url.js';

const isSent =
  (name: string) =>
  (body: object): boolean =>
    (body as Record<string, unknown>)[name] !== undefined;

const URL_FIELD = {
  description: 'Where events are sent: an https:// URL of a public host, without user and password. Redirects are not followed.',
  format: 'uri',
  maxLength: MAX_URL_CHARS,
  example: 'https://app.example.com/hooks/latchkey',
};

/** What can be changed later. */
export class UpdateWebhook {
  @ApiPropertyOptional(URL_FIELD)
  @ValidateIf(isSent('url'))
  @Keeps((url: string, settings) => demandUrl(url, settings))
  @IsString()
  @MaxLength(MAX_URL_CHARS)
  url?: string;

  @ApiPropertyOptional({
    description: 'Which events: names from `GET /v1/events/types`, groups such as `account.*`, or `*` for all.',
    type: [String],
    minItems: 1,
    maxItems: MAX_TYPES,
    default: ['*'],
    example: ['account.*', 'roles.changed'],
  })
  @ValidateIf(isSent('types'))
  @Keeps((types: string[]) => demandTypes(types))
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_TYPES)
  @IsString({ each: true })
  types?: string[];

  @ApiPropertyOptional({ description: 'For administrators.', maxLength: MAX_DESCRIPTION_CHARS, default: '', example: 'CRM' })
  @ValidateIf(isSent('description'))
  @IsString()
  @MaxLength(MAX_DESCRIPTION_CHARS)
  description?: string;

  @ApiPropertyOptional({
    description:
      'Whether events are sent. While it is false no events are queued; what waited before goes on waiting until it is true again.',
    default: true,
    example: true,
  })
  @ValidateIf(isSent('enabled'))
  @IsBoolean()
  enabled?: boolean;
}

export class CreateWebhook extends UpdateWebhook {
  @ApiProperty(URL_FIELD)
  @IsString()
  @MaxLength(MAX_URL_CHARS)
  declare url: string;
}
