import type { OpenAPIObject } from '@nestjs/swagger';
import { describe, expect, it } from 'vitest';
import { toOpenApi30 } from './openapi-3-0.js';

/** What becomes of a schema. */
function rendered(schema: object): unknown {
  const document = { openapi: '3.1.0', info: {}, paths: {}, components: { schemas: { Subject: schema } } };
  return toOpenApi30(document as unknown as OpenAPIObject).components?.schemas?.Subject;
}

describe('a schema in OpenAPI 3.0', () => {
  it.each<[string, object, object]>([
    ['null among types', { type: ['string', 'null'], format: 'date' }, { type: 'string', format: 'date', nullable: true }],
    ['null alone', { type: 'null' }, { type: 'object', maxProperties: 0, nullable: true }],
    ['several types', { type: ['string', 'integer', 'null'] }, { nullable: true, anyOf: [{ type: 'string' }, { type: 'integer' }] }],
    ['a reference or null', { anyOf: [{ $ref: '#/a' }, { type: 'null' }] }, { nullable: true, allOf: [{ $ref: '#/a' }] }],
    [
      'alternatives or null',
      { oneOf: [{ $ref: '#/a' }, { $ref: '#/b' }, { type: 'null' }] },
      { nullable: true, oneOf: [{ $ref: '#/a' }, { $ref: '#/b' }] },
    ],
    ['alternatives', { anyOf: [{ type: 'string' }, { type: 'integer' }] }, { anyOf: [{ type: 'string' }, { type: 'integer' }] }],
    ['siblings of a reference', { $ref: '#/a', description: 'A.' }, { description: 'A.', allOf: [{ $ref: '#/a' }] }],
    ['a reference', { $ref: '#/a' }, { $ref: '#/a' }],
    ['one value', { type: 'string', const: 'a' }, { type: 'string', enum: ['a'] }],
    ['examples', { type: 'string', examples: ['a', 'b'] }, { type: 'string', example: 'a' }],
    ['limits that exclude', { type: 'integer', exclusiveMinimum: 0 }, { type: 'integer', minimum: 0, exclusiveMinimum: true }],
    ['bytes', { type: 'string', contentMediaType: 'image/png' }, { type: 'string', format: 'binary' }],
    ['base64', { type: 'string', contentMediaType: 'image/png', contentEncoding: 'base64' }, { type: 'string', format: 'byte' }],
  ])('has %s', (_what, schema, expected) => {
    expect(rendered(schema)).toEqual(expected);
    // At any depth.
    expect(rendered({ type: 'array', items: { properties: { a: schema } } })).toEqual({
      type: 'array',
      items: { properties: { a: expected } },
    });
  });

  it('has fields whose names are keywords, and examples as they are', () => {
    const properties = { type: { type: ['string', 'null'] }, items: { type: 'string' }, example: { type: ['integer', 'null'] } };
    const example = { type: ['string', 'null'], const: 1 };
    expect(rendered({ type: 'object', properties, example })).toEqual({
      type: 'object',
      properties: { type: { type: 'string', nullable: true }, items: { type: 'string' }, example: { type: 'integer', nullable: true } },
      example,
    });
  });
});
