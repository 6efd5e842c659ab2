import { type OpenAPIObject, getSchemaPath } from '@nestjs/swagger';
import { CATALOGUE } from '../capabilities.js';
import { isPublic } from '../common/event-row.js';
import { toSchema } from '../webhooks/events/webhook-event.js';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

/** Name of the schema of the union of all events. */
const UNION = 'WebhookEvent';

const HEADERS = [
  ['webhook-id', 'Number of the event, the same at every attempt: what you have seen, you ignore.', '4711'],
  ['webhook-timestamp', 'Time of the attempt, seconds since 1970.', '1772357400'],
  [
    'webhook-signature',
    'One signature for each live secret, separated by spaces: `v1,` and the base64 of HMAC-SHA-256 over `{id}.{timestamp}.{body}`.',
    'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
  ],
] as const;

/** Adds the requests that the server sends: a schema for each event, and their union. */
export function addWebhooks(document: OpenAPIObject): void {
  const schemas: Schemas = ((document.components ??= {}).schemas ??= {});
  const rows = CATALOGUE.publicActions.flatMap((action) => {
    const row = CATALOGUE.events[action];
    return isPublic(row) ? [{ action, row, name: schemaName(action) }] : [];
  });
  for (const { action, row, name } of rows) schemas[name] = toSchema(action, row) as Schemas[string];
  schemas[UNION] = {
    description: 'The body of a request to a webhook.',
    oneOf: rows.map(({ name }) => ({ $ref: getSchemaPath(name) })),
    discriminator: { propertyName: 'type', mapping: Object.fromEntries(rows.map(({ action, name }) => [action, getSchemaPath(name)])) },
  };
  document.components.parameters = Object.fromEntries(
    HEADERS.map(([header, about, example]) => [header, headerOf(header, about, example)]),
  );
  document.components.responses = RESPONSES;
  const webhooks = rows.map(({ action, row, name }) => [action, { post: requestOf(name, row.says) }] as const);
  Object.assign(document, { webhooks: Object.fromEntries(webhooks) });
}

/** `account.claim_lost` has the schema `AccountClaimLostEvent`. */
function schemaName(action: string): string {
  const words = action.split(/[._]/).map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
  return `${words.join('')}Event`;
}

function requestOf(name: string, description: string): object {
  return {
    operationId: `on${name.replace(/Event$/, '')}`,
    summary: description.replace(/[.;:,].*$/s, ''),
    description,
    tags: ['Webhooks'],
    security: [{}],
    parameters: HEADERS.map(([header]) => ({ $ref: `#/components/parameters/${header}` })),
    requestBody: { required: true, content: { 'application/json': { schema: { $ref: getSchemaPath(name) } } } },
    responses: {
      '2XX': { $ref: '#/components/responses/WebhookTaken' },
      '410': { $ref: '#/components/responses/WebhookGone' },
      default: { $ref: '#/components/responses/WebhookFailed' },
    },
  };
}

/** How a receiver answers. */
const RESPONSES = {
  WebhookTaken: { description: 'You took it. Answer within 15 seconds; do the work afterwards.' },
  WebhookGone: { description: 'You want no more events: the webhook is disabled.' },
  WebhookFailed: { description: 'Anything else: the server tries again, over three days.' },
};

function headerOf(
  name: string,
  description: string,
  example: string,
): { name: string; in: 'header'; required: true; description: string; schema: { type: 'string' }; example: string } {
  return { name, in: 'header', required: true, description, schema: { type: 'string' }, example };
}
