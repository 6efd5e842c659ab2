import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { OutboundModule } from '../outbound/outbound.module.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import { Delivery } from './delivery.entity.js';
import { StoredEndpoint } from './endpoint.entity.js';
import { EndpointsRepository } from './endpoints.repository.js';
import { EndpointsService } from './endpoints.service.js';
import { WebhookEventsModule } from './events/webhook-events.module.js';
import { WebhookSender } from './sender.service.js';
import { WebhookListener } from './listener.service.js';
import { WebhookSecrets } from './webhook-secrets.service.js';

const SERVICES = [DeliveriesRepository, EndpointsRepository, EndpointsService, WebhookListener, WebhookSecrets, WebhookSender];

/** Endpoints and deliveries, without what sends them: for the command line as well. */
@Module({
  imports: [OutboundModule, WebhookEventsModule, TypeOrmModule.forFeature([StoredEndpoint, Delivery])],
  providers: SERVICES,
  exports: SERVICES,
})
export class WebhookStoreModule {}
