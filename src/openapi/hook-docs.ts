import { type OpenAPIObject, getSchemaPath } from '@nestjs/swagger';
import { HOOK_SCHEMAS, HOOK_VALUES } from '../hooks/hook-schemas.js';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

const HEADERS = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];

/** Adds the requests by which the server asks hooks, with their answers. Their headers are those of webhooks, which are there already. */
export function addHooks(document: OpenAPIObject): void {
  const schemas: Schemas = ((document.components ??= {}).schemas ??= {});
  const { webhooks = {} } = document as { webhooks?: Record<string, object> };
  for (const [name, values] of Object.entries(HOOK_VALUES)) schemas[name] = { type: 'string', enum: [...values] };
  for (const { hook, summary, description, request, answer } of HOOK_SCHEMAS) {
    schemas[request.name] = request.schema as Schemas[string];
    schemas[answer.name] = answer.schema as Schemas[string];
    webhooks[hook] = {
      post: {
        operationId: `decide${request.name.replace(/Hook$/, '')}`,
        summary,
        description,
        tags: ['Webhooks'],
        security: [{}],
        parameters: HEADERS.map((header) => ({ $ref: `#/components/parameters/${header}` })),
        requestBody: { required: true, content: jsonOf(request.name) },
        responses: {
          '200': { description: 'Your decision, within two seconds.', content: jsonOf(answer.name) },
          default: { description: 'Anything else decides nothing: the setting of the hook’s failure says what happens.' },
        },
      },
    };
  }
  Object.assign(document, { webhooks });
}

function jsonOf(name: string): object {
  return { 'application/json': { schema: { $ref: getSchemaPath(name) } } };
}
