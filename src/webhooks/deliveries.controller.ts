import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Roles } from '../common/access.js';
import { ADMIN_ONLY, ApiProblem } from '../common/api-problem.js';
import { type Caller, From } from '../common/caller.js';
import { fromCursor, toCursor } from '../common/pagination.js';
import { CurrentUser, type Principal } from '../common/principal.js';
import { WebhookDeliveries } from './deliveries.service.js';
import { WEBHOOK_ID } from './documentation.js';
import {
  ListDeliveriesQuery,
  ReplayWebhook,
  ReplayedView,
  WebhookDeliveryDetailView,
  WebhookDeliveryListView,
  WebhookDeliveryView,
  toDeliveryView,
} from './dto/delivery.view.js';

const DELIVERY_ID = { name: 'deliveryId', description: 'From the list of deliveries.', example: '815' };

/** What webhooks were told, and telling it again. */
@ApiTags('Webhooks')
@Controller('v1/webhooks/:id')
@Roles('admin')
export class DeliveriesController {
  constructor(private readonly deliveries: WebhookDeliveries) {}

  @Get('deliveries')
  @ApiOperation({
    operationId: 'listWebhookDeliveries',
    summary: 'List deliveries of a webhook',
    description: 'Newest first, as far back as `WEBHOOK_RETENTION_DAYS`. The body that is sent is in the single delivery.',
  })
  @ApiParam(WEBHOOK_ID)
  @ApiOkResponse({ type: WebhookDeliveryListView, description: 'One page of deliveries.' })
  @ApiProblem('webhook.not_found', ...ADMIN_ONLY)
  async list(@Param('id') id: string, @Query() query: ListDeliveriesQuery): Promise<WebhookDeliveryListView> {
    const { entries, next } = await this.deliveries.list(id, { state: query.state }, query.limit, fromCursor(query));
    return { data: entries.map(toDeliveryView), nextCursor: toCursor(query, next) };
  }

  @Get('deliveries/:deliveryId')
  @ApiOperation({
    operationId: 'getWebhookDelivery',
    summary: 'Read a delivery of a webhook',
    description: 'With the body that is sent.',
  })
  @ApiParam(WEBHOOK_ID)
  @ApiParam(DELIVERY_ID)
  @ApiOkResponse({ type: WebhookDeliveryDetailView, description: 'The delivery.' })
  @ApiProblem('webhook.not_found', 'webhook.delivery_not_found', ...ADMIN_ONLY)
  async get(@Param('id') id: string, @Param('deliveryId') deliveryId: string): Promise<WebhookDeliveryDetailView> {
    const { delivery, event } = await this.deliveries.get(id, deliveryId);
    return { ...toDeliveryView(delivery), event };
  }

  @Post('deliveries/:deliveryId/retry')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'retryWebhookDelivery',
    summary: 'Send a delivery of a webhook again',
    description: 'Whatever came of it before, with the same `webhook-id`, and with all attempts before it.',
  })
  @ApiParam(WEBHOOK_ID)
  @ApiParam(DELIVERY_ID)
  @ApiAcceptedResponse({ type: WebhookDeliveryView, description: 'The delivery is queued.' })
  @ApiProblem('webhook.not_found', 'webhook.delivery_not_found', 'webhook.disabled', ...ADMIN_ONLY)
  async retry(
    @Param('id') id: string,
    @Param('deliveryId') deliveryId: string,
    @CurrentUser() { userId: actorId }: Principal,
    @From() caller: Caller,
  ): Promise<WebhookDeliveryView> {
    return toDeliveryView(await this.deliveries.retry(id, deliveryId, { actorId, caller }));
  }

  @Post('replay')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'replayWebhook',
    summary: 'Send deliveries of a webhook again',
    description:
      'All that have failed of events since a time, for a receiver that was away; or one event. They keep their `webhook-id`, so that a receiver recognises what it has seen.',
  })
  @ApiParam(WEBHOOK_ID)
  @ApiAcceptedResponse({ type: ReplayedView, description: 'The deliveries are queued.' })
  @ApiProblem('webhook.not_found', 'webhook.disabled', ...ADMIN_ONLY)
  async replay(
    @Param('id') id: string,
    @Body() body: ReplayWebhook,
    @CurrentUser() { userId: actorId }: Principal,
    @From() caller: Caller,
  ): Promise<ReplayedView> {
    return { count: await this.deliveries.replay(id, body, { actorId, caller }) };
  }
}
