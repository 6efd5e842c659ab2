import { ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { IsDate, IsIn, IsOptional, IsString, Matches, ValidateIf } from 'class-validator';
import { Transform } from 'class-transformer';
import { InvalidRequestError } from '../../common/errors.js';
import { KeepsTogether } from '../../common/field-checks.js';
import { PageQuery } from '../../common/pagination.js';
import { readTime } from '../../common/time.js';
import { DELIVERY_STATES, type Delivery, type DeliveryState } from '../delivery.entity.js';
import type { WebhookEvent } from '../events/webhook-event.js';

const TIME = { type: 'string', format: 'date-time', nullable: true } as const;

export class ListDeliveriesQuery extends PageQuery {
  @ApiPropertyOptional({
    description: 'Only those in this state.',
    enum: DELIVERY_STATES,
    enumName: 'WebhookDeliveryState',
    example: 'dead',
  })
  @IsOptional()
  @IsIn(DELIVERY_STATES)
  state?: DeliveryState;

  listName(): string {
    return `webhook deliveries ${this.state ?? ''}`;
  }
}

/** What to send again. */
@KeepsTogether(({ since, eventId }: ReplayWebhook) => {
  if (since === undefined && eventId === undefined) throw InvalidRequestError.field('since', 'required', 'Send since, or eventId.');
})
export class ReplayWebhook {
  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description: 'What has failed of events at or after this time. Required without `eventId`.',
    example: '2026-03-01T00:00:00Z',
  })
  @ValidateIf((body: ReplayWebhook) => body.since !== undefined)
  @Transform(({ value }: { value: unknown }) => (value === undefined ? undefined : (readTime(value) ?? Number.NaN)))
  @IsDate()
  since?: Date;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description: 'Only of events before this time.',
    example: '2026-03-02T00:00:00Z',
  })
  @ValidateIf((body: ReplayWebhook) => body.until !== undefined)
  @Transform(({ value }: { value: unknown }) => (value === undefined ? undefined : (readTime(value) ?? Number.NaN)))
  @IsDate()
  until?: Date;

  @ApiPropertyOptional({
    description: 'One event, whatever came of it: its `webhook-id`.',
    pattern: '^[1-9][0-9]{0,17}$',
    example: '4711',
  })
  @ValidateIf((body: ReplayWebhook) => body.eventId !== undefined)
  @IsString()
  @Matches(/^[1-9]\d{0,17}$/, { message: 'An event has a number.' })
  eventId?: string;
}

export class ReplayedView {
  @ApiProperty({ description: 'How many deliveries are sent again.', type: 'integer', example: 12 })
  count!: number;
}

/** One event for one webhook. Each attempt overwrites what is told of the one before. */
export class WebhookDeliveryView {
  @ApiProperty({ description: 'Number of the delivery.', example: '815' })
  id!: string;

  @ApiProperty({ description: 'Number of the event, and `webhook-id` of the requests.', example: '4711' })
  eventId!: string;

  @ApiProperty({ description: 'What happened.', example: 'account.updated' })
  type!: string;

  @ApiProperty({
    description:
      '`pending`: waits for its first attempt. `failed`: the last attempt failed, and another follows at `nextAt`. `delivered`: the receiver answered 2xx. `dead`: given up.',
    enum: DELIVERY_STATES,
    enumName: 'WebhookDeliveryState',
    example: 'delivered',
  })
  state!: DeliveryState;

  @ApiProperty({ description: 'Attempts since it was queued, or last sent again by hand.', type: 'integer', example: 1 })
  attempt!: number;

  @ApiProperty({ description: 'Status of the last answer; null without one.', type: 'integer', nullable: true, example: 204 })
  status!: number | null;

  @ApiProperty({ description: 'Why there was no answer.', type: 'string', nullable: true, example: null })
  error!: string | null;

  @ApiProperty({ description: 'Beginning of the body of the last answer.', type: 'string', nullable: true, example: '' })
  response!: string | null;

  @ApiProperty({ description: 'How long the last attempt took, milliseconds.', type: 'integer', nullable: true, example: 83 })
  durationMs!: number | null;

  @ApiProperty({ ...TIME, description: 'When the last attempt ended.', example: '2026-03-01T09:30:01.000Z' })
  attemptedAt!: string | null;

  @ApiProperty({ ...TIME, description: 'When the next attempt is due; null if there is none.', example: null })
  nextAt!: string | null;

  @ApiProperty({ description: 'When the event was queued.', type: 'string', format: 'date-time', example: '2026-03-01T09:30:00.000Z' })
  createdAt!: string;
}

export class WebhookDeliveryDetailView extends WebhookDeliveryView {
  @ApiProperty({
    description: 'The body that is sent; null when the event is no longer in the audit log.',
    oneOf: [{ $ref: getSchemaPath('WebhookEvent') }, { type: 'null' }],
    example: {
      type: 'account.updated',
      timestamp: '2026-03-01T09:30:00.000Z',
      data: {
        accountId: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11',
        version: 3,
        actorId: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11',
        fields: ['firstName'],
      },
    },
  })
  event!: WebhookEvent | null;
}

export class WebhookDeliveryListView {
  @ApiProperty({ description: 'The deliveries, newest first.', type: [WebhookDeliveryView] })
  data!: WebhookDeliveryView[];

  @ApiProperty({
    description: 'Send it as `cursor` for the next page; null on the last one.',
    type: 'string',
    nullable: true,
    example: 'rS0cQ2wmSd1bIjgxNSJd',
  })
  nextCursor!: string | null;
}

export function toDeliveryView(delivery: Delivery): WebhookDeliveryView {
  const { id, eventId, type, state, attempts, status, error, response, durationMs, attemptedAt, nextAt, createdAt } = delivery;
  const waits = state === 'pending' || state === 'failed';
  return {
    id,
    eventId,
    type,
    state,
    attempt: attempts,
    status,
    error,
    response,
    durationMs,
    attemptedAt: attemptedAt?.toISOString() ?? null,
    nextAt: waits ? nextAt.toISOString() : null,
    createdAt: createdAt.toISOString(),
  };
}
