import type { OpenAPIObject } from '@nestjs/swagger';

type Node = Record<string, unknown>;

interface Shared {
  components?: { parameters?: object; responses?: object };
}

/**
 * The same document in OpenAPI 3.0.3, for generators that do not read 3.1, as those for Dart, Kotlin and Swift. The differences of 3.1 are
 * those of JSON Schema 2020-12 in schemas (https://www.openapis.org/blog/2021/02/16/migrating-from-openapi-3-0-to-3-1-0); names, paths and
 * values stay. `null` becomes `nullable`, which generators understand beside a reference as well.
 */
export function toOpenApi30(document: OpenAPIObject): OpenAPIObject {
  const { webhooks: _webhooks, jsonSchemaDialect: _dialect, ...rest } = JSON.parse(JSON.stringify(document)) as Node & Shared;
  // Only webhooks share these.
  delete rest.components?.parameters;
  delete rest.components?.responses;
  return { ...(rendered(rest) as object), openapi: '3.0.3' } as OpenAPIObject;
}

/** Members whose value is data, or is a map of names, and no schema by itself. */
const DATA = new Set(['example', 'examples', 'default', 'enum', 'const', 'value', 'security', 'servers', 'required']);
const MAPS = new Set(['properties', 'schemas', 'responses', 'headers', 'parameters', 'paths', 'content', 'securitySchemes', 'mapping']);
/** Members whose value is a schema or a list of schemas. */
const SCHEMAS = new Set(['schema', 'items', 'additionalProperties', 'allOf', 'anyOf', 'oneOf', 'not']);
const MAPS_OF_SCHEMAS = new Set(['properties', 'schemas']);

/** Walks through what is no schema, down to the schemas in it. */
function rendered(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(rendered);
  if (!isNode(node)) return node;
  return mapped(node, (value, key) => {
    if (DATA.has(key)) return value;
    if (MAPS_OF_SCHEMAS.has(key)) return mapped(value as Node, toSchema30);
    if (MAPS.has(key) && isNode(value)) return mapped(value, rendered);
    return SCHEMAS.has(key) ? toSchema30(value) : rendered(value);
  });
}

function toSchema30(schema: unknown): unknown {
  if (!isNode(schema)) return schema;
  const inner = mapped(schema, (value, key) => {
    if (DATA.has(key) || key === 'discriminator') return value;
    if (MAPS_OF_SCHEMAS.has(key)) return mapped(value as Node, toSchema30);
    if (!SCHEMAS.has(key)) return value;
    return Array.isArray(value) ? value.map(toSchema30) : toSchema30(value);
  });
  return withoutSiblings(withNullable(withOldKeywords(inner)));
}

/** `const`, `examples`, numeric limits that exclude their value, and encoded contents, as 3.0 has them. */
function withOldKeywords({ const: constant, examples, contentMediaType, contentEncoding, ...schema }: Node): Node {
  const result: Node = { ...schema };
  if (constant !== undefined) result.enum = [constant];
  if (Array.isArray(examples) && result.example === undefined) [result.example] = examples as unknown[];
  if (contentEncoding === 'base64') result.format ??= 'byte';
  else if (contentMediaType !== undefined) result.format ??= 'binary';
  for (const [exclusive, limit] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (typeof result[exclusive] === 'number') Object.assign(result, { [limit]: result[exclusive], [exclusive]: true });
  }
  return result;
}

/** 3.0 has no type for `null` alone: an object that can have no member, or null. */
const ONLY_NULL = { type: 'object', maxProperties: 0, nullable: true };

function isOnlyNull({ type, maxProperties }: Node): boolean {
  return type === ONLY_NULL.type && maxProperties === 0;
}

/** `null` among types or alternatives becomes `nullable`; a single alternative that is left becomes `allOf`. */
function withNullable(schema: Node): Node {
  const { type, anyOf, oneOf, ...rest } = schema;
  if (type === 'null') return { ...rest, ...ONLY_NULL };
  if (Array.isArray(type)) {
    const types = type.filter((each) => each !== 'null') as string[];
    const nullable = types.length < type.length ? { nullable: true } : {};
    // 3.0 has one type for each schema.
    return types.length === 1
      ? { ...rest, type: types[0], ...nullable }
      : { ...rest, ...nullable, anyOf: types.map((each) => ({ type: each })) };
  }
  for (const [key, alternatives] of Object.entries({ anyOf, oneOf })) {
    if (!Array.isArray(alternatives)) continue;
    const others = (alternatives as Node[]).filter((each) => !isOnlyNull(each));
    if (others.length === alternatives.length) continue;
    return { ...rest, ...(type === undefined ? {} : { type }), nullable: true, [others.length === 1 ? 'allOf' : key]: others };
  }
  return schema;
}

/** What stands beside a reference counts in 3.1, and is ignored in 3.0. */
function withoutSiblings({ $ref, ...siblings }: Node): Node {
  if ($ref === undefined) return siblings;
  return Object.keys(siblings).length === 0 ? { $ref } : { ...siblings, allOf: [{ $ref }] };
}

function mapped(node: Node, change: (value: unknown, key: string) => unknown): Node {
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, change(value, key)]));
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
