import type { OpenAPIObject } from '@nestjs/swagger';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
type Schema = Exclude<Schemas[string], { $ref: string }>;
type SchemaOrReference = Schemas[string];

/** The parts of an operation that have bodies. */
interface Bodies {
  parameters?: object[];
  requestBody?: object;
  responses: Record<string, object | undefined>;
}

interface MediaType {
  schema?: SchemaOrReference;
  example?: unknown;
  examples?: object;
}

/**
 * Gives each body of the operations a complete example, built from the examples of its fields. A handwritten example stays: if fields
 * exclude each other, only that shows valid combinations. Parameters with an enum get its first value.
 */
export function addExamples(operations: readonly Bodies[], schemas: Schemas): void {
  for (const { parameters = [], requestBody, responses } of operations) {
    for (const media of [...parameters, ...[requestBody, ...Object.values(responses)].flatMap(mediaOf)] as MediaType[]) {
      if (media.schema === undefined || media.example !== undefined || media.examples !== undefined) continue;
      const example = exampleOf(media.schema, schemas);
      if (example !== undefined) media.example = example;
    }
  }
}

function mediaOf(body: object | undefined): MediaType[] {
  return body !== undefined && 'content' in body ? Object.values(body.content as Record<string, MediaType>) : [];
}

function exampleOf(schema: SchemaOrReference, schemas: Schemas): unknown {
  if (!('$ref' in schema) && schema.example !== undefined) return schema.example;
  const { type, properties, items, enum: values } = resolve(schema, schemas);
  if (properties !== undefined) {
    return Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, exampleOf(property, schemas)]));
  }
  if (type === 'array' && items !== undefined) return [exampleOf(items, schemas)];
  return values?.[0];
}

/** Target of a reference, plain or inside `allOf`, `anyOf` or `oneOf`; of several the first. */
function resolve(schema: SchemaOrReference, schemas: Schemas): Schema {
  if (!('$ref' in schema)) {
    const [first] = schema.allOf ?? schema.anyOf ?? schema.oneOf ?? [];
    return first === undefined ? schema : resolve(first, schemas);
  }
  const target = schemas[schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)];
  if (target === undefined) throw new Error(`The document refers to ${schema.$ref} and does not define it`);
  return resolve(target, schemas);
}
