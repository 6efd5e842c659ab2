import type { Capability, Declarations } from '../common/capability.js';
import { internalEvent, publicEvent } from '../common/event-row.js';
import { integer } from '../config/setting.js';
import { QUEUE_DELIVERIES } from './events/event-reader.js';
import { Webhooks9015800000000 } from './migrations/15800-webhooks.js';

const ABOUT_WEBHOOKS = 'It concerns the webhooks themselves.';

const declared = {
  settings: {
    WEBHOOK_RETENTION_DAYS: integer({
      default: 30,
      min: 4,
      max: 365,
      check: (value, { AUDIT_RETENTION_DAYS: audit }) =>
        value > Number(audit)
          ? ['WEBHOOK_RETENTION_DAYS must be at most AUDIT_RETENTION_DAYS: deliveries are made from the audit log']
          : [],
      doc: 'How long the list of webhook deliveries goes back, and how long one can be replayed, in days.',
    }),
    WEBHOOK_CONCURRENCY: integer({
      default: 40,
      min: 1,
      max: 500,
      doc: 'How many webhook deliveries a server sends at the same time; at most a quarter of them to the same endpoint.',
    }),
  },
  rules: {
    'webhook.url_refused': 'It is no https:// address of a public host.',
    'webhook.unknown_type': 'It names no event that webhooks tell.',
  },
  errors: {
    'webhook.not_found': { status: 404, title: 'No such webhook', kind: 'not-found', advice: 'It may have been deleted: reload the list.' },
    'webhook.delivery_not_found': {
      status: 404,
      title: 'No such delivery',
      kind: 'not-found',
      advice: 'It belongs to another webhook, or is older than `WEBHOOK_RETENTION_DAYS`.',
    },
    'webhook.disabled': {
      status: 409,
      title: 'The webhook is disabled',
      kind: 'conflict',
      advice: 'Make the receiver work again, enable the webhook, and then repeat the request.',
    },
    'webhook.too_many': { status: 409, title: 'Too many webhooks', kind: 'conflict', advice: 'Delete one that nobody needs any more.' },
  },
  events: {
    'webhook.created': internalEvent('A webhook was registered.', ABOUT_WEBHOOKS),
    'webhook.updated': internalEvent('A webhook was changed.', ABOUT_WEBHOOKS),
    'webhook.deleted': internalEvent('A webhook was deleted.', ABOUT_WEBHOOKS),
    'webhook.secret_rotated': internalEvent('A webhook got another secret; the one before signs as well for 24 hours.', ABOUT_WEBHOOKS),
    'webhook.replayed': internalEvent('An administrator had deliveries of a webhook sent again.', ABOUT_WEBHOOKS),
    'webhook.pinged': publicEvent('An administrator tried a webhook. Only this webhook is told, whatever its types are.', {
      subject: 'webhookId',
    }),
    'webhook.disabled': publicEvent('The server disabled a webhook whose receiver does not take its events.', {
      subject: 'webhookId',
      facts: {
        host: { type: 'text', doc: 'Host of the receiver.', example: 'app.example.com' },
        reason: { type: 'text', doc: '`gone`: it answered 410; `failing`: it has failed for five days.', example: 'failing' },
      },
    }),
  },
  mails: {
    'webhook-disabled': {
      about: 'hooks.example.com',
      carriesSecrets: false,
      notMe: { without: 'It tells administrators of a receiver that fails, and of nobody’s account.' },
    },
  },
} as const satisfies Declarations;

declare module '../common/declared.js' {
  interface Declared {
    webhooks: typeof declared;
  }
}

/** Tells other systems what happens, by signed requests (Standard Webhooks 1.0). */
export const webhooks = {
  name: 'webhooks',
  folder: import.meta.dirname,
  module: async () => (await import('./webhooks.module.js')).WebhooksModule,
  tags: [{ name: 'Webhooks', description: 'Signed requests that tell your systems what happens.', position: 4.5 }],
  eventReaders: [QUEUE_DELIVERIES],
  migrations: [Webhooks9015800000000],
  ...declared,
} as const satisfies Capability;
