import { Module } from '@nestjs/common';
import { DirectoryModule } from '../users/directory/directory.module.js';
import { DeliveriesController } from './deliveries.controller.js';
import { WebhookDeliveries } from './deliveries.service.js';
import { WebhookDispatcher } from './dispatcher.service.js';
import { WebhookSettlement } from './settlement.service.js';
import { WebhookJobs } from './webhook-jobs.js';
import { WebhookStoreModule } from './webhook-store.module.js';
import { WebhooksController } from './webhooks.controller.js';

/** Tells other systems what happens. */
@Module({
  imports: [DirectoryModule, WebhookStoreModule],
  controllers: [WebhooksController, DeliveriesController],
  providers: [WebhookDeliveries, WebhookDispatcher, WebhookJobs, WebhookSettlement],
})
export class WebhooksModule {}
