import type { EventReader } from '../../common/capability.js';
import { versionOfAccount } from '../../users/account.js';

/** The event by which an administrator tries an endpoint: only that endpoint gets it, whatever its types. */
export const PING = 'webhook.pinged';

/**
 * Queues a delivery for each endpoint that wants the event, in the statement that records the event: with it or not at all, and for the
 * price of a look into an empty table where there is no endpoint. An account that the same statement creates is not visible to it; its
 * version is 1.
 */
export const QUEUE_DELIVERIES: EventReader = {
  name: 'webhooks',
  actions: 'public',
  sql: (recorded) => `INSERT INTO webhook_deliveries (endpoint_id, event_id, event_at, type, version)
       SELECT endpoint.id, told.id, told.occurred_at, told.action,
              coalesce(${versionOfAccount('told.subject_id')}, CASE told.action WHEN 'account.registered' THEN 1 END)
       FROM ${recorded} told JOIN webhook_endpoints endpoint
         ON endpoint.enabled_at IS NOT NULL AND (endpoint.listening_until IS NULL OR endpoint.listening_until > now())
        AND CASE told.action WHEN '${PING}' THEN endpoint.id = told.subject_id
            ELSE endpoint.types && ARRAY['*', told.action, split_part(told.action, '.', 1) || '.*'] END
       WHERE told.outcome = 'success'`,
};
