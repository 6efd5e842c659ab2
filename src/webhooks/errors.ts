import { AppError } from '../common/errors.js';

export class WebhookNotFoundError extends AppError {
  override readonly code = 'webhook.not_found';
  constructor() {
    super('There is no such webhook.');
  }
}

export class DeliveryNotFoundError extends AppError {
  override readonly code = 'webhook.delivery_not_found';
  constructor() {
    super('There is no such delivery. The server keeps deliveries for some weeks.');
  }
}

/** Nothing is sent to it. */
export class WebhookDisabledError extends AppError {
  override readonly code = 'webhook.disabled';
  constructor() {
    super('The webhook is disabled. Enable it first.');
  }
}

export class TooManyWebhooksError extends AppError {
  override readonly code = 'webhook.too_many';
  constructor(max: number) {
    super(`There are ${max} webhooks already, which is the most.`);
  }
}
