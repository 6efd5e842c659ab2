import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import { ACCESS, ASSURANCE, type Access, type DemandedAssurance } from '../../src/common/access.js';
import type { TestApp } from './start-app.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A method of a controller that handles a route. */
export interface Handler {
  name: string;
  method: string;
  /** As in the OpenAPI document: `/v1/books/{id}`. */
  path: string;
  access: Access | undefined;
  /** The level that the route demands. */
  assurance: DemandedAssurance | undefined;
}

/* eslint-disable typescript/no-explicit-any -- documents of every shape are walked */

/** An operation of the OpenAPI document. */
export interface Operation {
  method: Method;
  path: string;
  spec: any;
  access: Access | undefined;
}

/** Every handler of every controller of the running server. */
export function handlersOf(app: TestApp): Handler[] {
  const controllers = [...app.nest.get(ModulesContainer).values()].flatMap((module) => [...module.controllers.values()]);
  return controllers.flatMap(({ metatype }) => {
    const { prototype } = metatype as { prototype: Record<string, any> };
    return Object.getOwnPropertyNames(prototype)
      .filter((name) => name !== 'constructor' && Reflect.getMetadata(PATH_METADATA, prototype[name]) !== undefined)
      .map((name) => {
        const handler = prototype[name];
        const parts = [Reflect.getMetadata(PATH_METADATA, metatype as object), Reflect.getMetadata(PATH_METADATA, handler)] as string[];
        const path = `/${parts.join('/')}`
          .replaceAll(/\/+/g, '/')
          .replace(/(?<=.)\/$/, '')
          .replaceAll(/:(\w+)/g, '{$1}');
        return {
          name: `${(metatype as { name: string }).name}.${name}`,
          method: RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as number] ?? '',
          path,
          access: Reflect.getMetadata(ACCESS, handler) ?? Reflect.getMetadata(ACCESS, metatype as object),
          assurance: Reflect.getMetadata(ASSURANCE, handler) ?? Reflect.getMetadata(ASSURANCE, metatype as object),
        };
      });
  });
}

/** The server's OpenAPI document. */
export async function documentOf(app: TestApp): Promise<any> {
  return (await app.get('/openapi.json')).body;
}

/** The operations of the OpenAPI document, each with the access that its handler declares. */
export async function operationsOf(app: TestApp): Promise<Operation[]> {
  const document = await documentOf(app);
  const handlers = new Map(handlersOf(app).map((handler) => [`${handler.method} ${handler.path}`, handler]));
  return Object.entries<any>(document.paths).flatMap(([path, item]) =>
    Object.entries<any>(item).map(([verb, spec]) => {
      const method = verb.toUpperCase() as Method;
      return { method, path, spec, access: handlers.get(`${method} ${path}`)?.access };
    }),
  );
}

/** The operations of a contract's document, of which nobody says here who may call them. */
export function operationsIn(document: any): Operation[] {
  return Object.entries<any>(document.paths).flatMap(([path, item]) =>
    Object.entries<any>(item).map(([verb, spec]) => ({ method: verb.toUpperCase(), path, spec, access: undefined }) as Operation),
  );
}

/** Every route that the HTTP server answers, as `GET /path/{parameter}`, read from the router's own listing. */
export function servedRoutes(app: TestApp): string[] {
  const above: string[] = [];
  const lines = app.nest.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false }).split('\n');
  return lines.flatMap((line) => {
    const [, indent = '', name = '', methods = ''] = /^([│ ]*)[├└]── (.*) \((.*)\)$/.exec(line) ?? [];
    if (name === '') return [];
    const depth = indent.length / 4;
    above.length = depth;
    const path = above.join('') + name;
    above.push(path.slice(above.join('').length));
    return methods.split(', ').map((method) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
  });
}

/** The example body in the operation's documentation; undefined if it takes none. */
export function exampleBody(document: any, { spec }: Operation): Record<string, unknown> | undefined {
  const schema = spec.requestBody?.content['application/json']?.schema;
  if (schema === undefined) return undefined;
  const { properties = {} } = resolve(document, schema);
  return Object.fromEntries(Object.entries<any>(properties).map(([name, property]) => [name, exampleOf(document, property)]));
}

function exampleOf(document: any, property: any): unknown {
  if (property.example !== undefined) return property.example;
  const resolved = resolve(document, property);
  return resolved.example ?? resolved.enum?.[0] ?? (resolved.type === 'array' ? [exampleOf(document, resolved.items)] : {});
}

/** The schema that a `$ref` (alone, or in allOf/anyOf) refers to. */
export function resolve(document: any, schema: any): any {
  const reference = schema.$ref ?? schema.allOf?.[0]?.$ref ?? schema.anyOf?.[0]?.$ref;
  return reference === undefined ? schema : document.components.schemas[reference.split('/').at(-1)];
}

/** The path of an operation with each path parameter replaced. */
export function fill(path: string, value: string): string {
  return path.replaceAll(/\{\w+\}/g, value);
}
