import { Module } from '@nestjs/common';
import { Catalogue } from '../../common/catalogue.js';
import { EventTypesController } from './event-types.controller.js';
import { PUBLIC_TYPES } from './public-types.js';

/** What webhooks tell of an event, and which events they tell. */
@Module({ controllers: [EventTypesController] })
export class WebhookEventsModule {
  constructor({ publicActions }: Catalogue) {
    PUBLIC_TYPES.splice(0, PUBLIC_TYPES.length, ...publicActions);
  }
}
