import { ApiProperty } from '@nestjs/swagger';
import type { Endpoint } from '../endpoint.js';

const DISABLED_REASONS = ['administrator', 'gone', 'failing'] as const;

/** A webhook without its secret. */
export class WebhookView {
  @ApiProperty({ description: 'UUIDv7; never changes.', format: 'uuid', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11' })
  id!: string;

  @ApiProperty({ description: 'Where events are sent.', format: 'uri', example: 'https://app.example.com/hooks/latchkey' })
  url!: string;

  @ApiProperty({ description: 'Which events.', type: [String], example: ['account.*', 'roles.changed'] })
  types!: string[];

  @ApiProperty({ description: 'For administrators.', example: 'CRM' })
  description!: string;

  @ApiProperty({ description: 'Whether events are sent.', example: true })
  enabled!: boolean;

  @ApiProperty({
    description:
      'Why it is disabled: an `administrator` did it, the receiver answered 410 (`gone`), or it has failed for five days (`failing`). Null while it is enabled.',
    type: 'string',
    enum: DISABLED_REASONS,
    enumName: 'WebhookDisabledReason',
    nullable: true,
    example: null,
  })
  disabledReason!: string | null;

  @ApiProperty({
    description: 'First failed attempt since the last that succeeded; null while it works.',
    type: 'string',
    format: 'date-time',
    nullable: true,
    example: null,
  })
  failingSince!: string | null;

  @ApiProperty({
    description: 'Until when the secret before signs as well; null if there was none.',
    type: 'string',
    format: 'date-time',
    nullable: true,
    example: null,
  })
  previousSecretUntil!: string | null;

  @ApiProperty({ description: 'When it was registered.', type: 'string', format: 'date-time', example: '2026-03-01T09:30:00.000Z' })
  createdAt!: string;
}

/** A webhook with a secret that is shown once. */
export class WebhookWithSecretView extends WebhookView {
  @ApiProperty({
    description: 'Verifies what it sends. Store it now: nobody can read it again.',
    example: 'whsec_b2Y6cXVpdGUtcmFuZG9tLTMyLWJ5dGVzLW9mLXNlY3JldA==',
  })
  secret!: string;
}

export class WebhookListView {
  @ApiProperty({ description: 'The webhooks, in the order in which they were registered.', type: [WebhookView] })
  data!: WebhookView[];
}

export function toWebhookView(endpoint: Endpoint): WebhookView {
  const { id, url, types, description, enabled, disabledReason, failingSince, previousUntil, createdAt } = endpoint;
  return {
    id,
    url,
    types,
    description,
    enabled,
    disabledReason,
    failingSince: failingSince?.toISOString() ?? null,
    previousSecretUntil: previousUntil?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}
