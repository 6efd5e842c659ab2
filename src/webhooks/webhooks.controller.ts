import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Aal, Roles } from '../common/access.js';
import { ADMIN_ONLY, ApiProblem } from '../common/api-problem.js';
import { type Caller, From } from '../common/caller.js';
import { ETAG_HEADER, IF_MATCH_HEADER, IfMatch, toEtag } from '../common/etag.js';
import { CurrentUser, type Principal } from '../common/principal.js';
import { FRESH_SECONDS, WEBHOOK_ID } from './documentation.js';
import { CreateWebhook, UpdateWebhook } from './dto/webhook.dto.js';
import { WebhookListView, WebhookView, WebhookWithSecretView, toWebhookView } from './dto/webhook.view.js';
import type { Endpoint } from './endpoint.js';
import { EndpointsService } from './endpoints.service.js';

/** Registering webhooks. */
@ApiTags('Webhooks')
@Controller('v1/webhooks')
@Roles('admin')
export class WebhooksController {
  constructor(private readonly endpoints: EndpointsService) {}

  @Get()
  @ApiOperation({ operationId: 'listWebhooks', summary: 'List the webhooks', description: 'Without their secrets.' })
  @ApiOkResponse({ type: WebhookListView, description: 'All webhooks.' })
  @ApiProblem(...ADMIN_ONLY)
  async list(): Promise<WebhookListView> {
    return { data: (await this.endpoints.list()).map(toWebhookView) };
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getWebhook', summary: 'Read a webhook', description: 'Without its secret.' })
  @ApiParam(WEBHOOK_ID)
  @ApiOkResponse({ type: WebhookView, description: 'The webhook.', headers: ETAG_HEADER })
  @ApiProblem('webhook.not_found', ...ADMIN_ONLY)
  async get(@Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<WebhookView> {
    return show(await this.endpoints.getById(id), reply);
  }

  @Post()
  @Aal(2, { maxAgeSeconds: FRESH_SECONDS })
  @ApiOperation({
    operationId: 'createWebhook',
    summary: 'Register a webhook',
    description:
      'From now on the server tells the URL of every event of these types, by a `POST` request that is signed with the secret of the answer (Standard Webhooks 1.0). `POST /v1/webhooks/{id}/ping` tries it.',
  })
  @ApiCreatedResponse({ type: WebhookWithSecretView, description: 'The webhook, with its secret.', headers: ETAG_HEADER })
  @ApiProblem('webhook.too_many', ...ADMIN_ONLY)
  async create(
    @Body() body: CreateWebhook,
    @CurrentUser() { userId: actorId }: Principal,
    @From() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WebhookWithSecretView> {
    const { endpoint, secret } = await this.endpoints.create(body, { actorId, caller });
    return { ...show(endpoint, reply), secret };
  }

  @Patch(':id')
  @Aal(2, { maxAgeSeconds: FRESH_SECONDS })
  @ApiOperation({
    operationId: 'updateWebhook',
    summary: 'Change a webhook',
    description: 'Changes all fields that are sent, or none of them.',
  })
  @ApiParam(WEBHOOK_ID)
  @ApiHeader(IF_MATCH_HEADER)
  @ApiOkResponse({ type: WebhookView, description: 'The changed webhook.', headers: ETAG_HEADER })
  @ApiProblem('webhook.not_found', 'request.precondition_failed', ...ADMIN_ONLY)
  async update(
    @Param('id') id: string,
    @Body() body: UpdateWebhook,
    @IfMatch() versions: number[] | undefined,
    @CurrentUser() { userId: actorId }: Principal,
    @From() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WebhookView> {
    return show(await this.endpoints.update(id, body, { actorId, caller }, versions), reply);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'deleteWebhook',
    summary: 'Delete a webhook',
    description: 'With all its deliveries; what waits is not sent.',
  })
  @ApiParam(WEBHOOK_ID)
  @ApiHeader(IF_MATCH_HEADER)
  @ApiNoContentResponse({ description: 'The webhook is deleted.' })
  @ApiProblem('webhook.not_found', 'request.precondition_failed', ...ADMIN_ONLY)
  async delete(
    @Param('id') id: string,
    @IfMatch() versions: number[] | undefined,
    @CurrentUser() { userId: actorId }: Principal,
    @From() caller: Caller,
  ): Promise<void> {
    await this.endpoints.delete(id, { actorId, caller }, versions);
  }

  @Post(':id/secret')
  @Aal(2, { maxAgeSeconds: FRESH_SECONDS })
  @ApiOperation({
    operationId: 'rotateWebhookSecret',
    summary: 'Give a webhook another secret',
    description:
      'For 24 hours requests carry a signature of the new secret and one of the secret before, so that the receiver can change over in between. A secret before that one no longer signs.',
  })
  @ApiParam(WEBHOOK_ID)
  @ApiCreatedResponse({ type: WebhookWithSecretView, description: 'The webhook, with its new secret.', headers: ETAG_HEADER })
  @ApiProblem('webhook.not_found', ...ADMIN_ONLY)
  async rotate(
    @Param('id') id: string,
    @CurrentUser() { userId: actorId }: Principal,
    @From() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WebhookWithSecretView> {
    const { endpoint, secret } = await this.endpoints.rotate(id, { actorId, caller });
    return { ...show(endpoint, reply), secret };
  }

  @Post(':id/ping')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'pingWebhook',
    summary: 'Try a webhook',
    description:
      'Has an event `webhook.pinged` sent to this webhook alone, whatever its types are. It goes the way of all others: what came of it is in the list of deliveries within a second or two.',
  })
  @ApiParam(WEBHOOK_ID)
  @ApiAcceptedResponse({ description: 'The event is queued.' })
  @ApiProblem('webhook.not_found', 'webhook.disabled', ...ADMIN_ONLY)
  async ping(@Param('id') id: string, @CurrentUser() { userId: actorId }: Principal, @From() caller: Caller): Promise<void> {
    await this.endpoints.ping(id, { actorId, caller });
  }
}

function show(endpoint: Endpoint, reply: FastifyReply): WebhookView {
  void reply.header('etag', toEtag(endpoint.version));
  return toWebhookView(endpoint);
}
