import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Operation, documentOf, handlersOf, operationsOf, resolve, servedRoutes } from './support/operations.js';
import { type TestApp, sharedApp } from './support/start-app.js';

/* eslint-disable typescript/no-explicit-any -- the document is walked whatever it looks like */

/** Routes of Swagger UI, the documents and CORS: no controller of ours, open to everyone, not part of the API. */
const NOT_OURS =
  /^(?:(?:GET|HEAD) \/(?:docs(?:\/.*|\*)?|openapi\.json|openapi\.yaml|(?:contracts\/[\w-]+\/)?openapi-3\.0\.json)|OPTIONS \*)$/;

describe('every route', () => {
  let app: TestApp;
  let document: any;
  let operations: Operation[];
  beforeAll(async () => {
    app = await sharedApp();
    document = await documentOf(app);
    operations = await operationsOf(app);
  });
  afterAll(() => app.stop());

  /** Names of the operations for which `wrong` says something. */
  const complaints = (wrong: (operation: Operation) => string | string[] | false | undefined): string[] =>
    operations.flatMap((operation) => {
      const said = [wrong(operation) || []].flat();
      return said.map((each) => `${operation.method} ${operation.path}: ${each}`);
    });

  it('declares its access', () => {
    const handlers = handlersOf(app);
    expect(handlers.length).toBeGreaterThan(10);
    expect(handlers.filter(({ access }) => access === undefined).map(({ name }) => name)).toEqual([]);
  });

  it('is a handler of a controller and is in the document', () => {
    const documented = new Set(operations.map(({ method, path }) => `${method} ${path}`));
    const handled = new Set(handlersOf(app).map(({ method, path }) => `${method} ${path}`));
    const served = servedRoutes(app).filter((route) => !NOT_OURS.test(route));
    // Fastify answers HEAD wherever it answers GET.
    const own = served.filter((route) => !(route.startsWith('HEAD ') && served.includes(route.replace('HEAD', 'GET'))));
    expect(own.length).toBeGreaterThan(10);
    expect(own.filter((route) => !handled.has(route))).toEqual([]);
    expect(own.filter((route) => !documented.has(route))).toEqual([]);
    expect([...documented].filter((route) => !own.includes(route))).toEqual([]);
  });

  it('has a unique operationId that reads as a method name', () => {
    const ids = operations.map(({ spec }) => String(spec.operationId));
    expect(ids.filter((id) => !/^[a-z][a-zA-Z\d]{2,}$/.test(id))).toEqual([]);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('has a summary, a description and a described tag', () => {
    const tags = new Set(document.tags.filter(({ description }: any) => description !== undefined).map(({ name }: any) => name));
    expect(
      complaints(({ spec }) => ['summary', 'description'].filter((name) => typeof spec[name] !== 'string' || spec[name] === '')),
    ).toEqual([]);
    expect(complaints(({ spec }) => (spec.tags?.length === 1 && tags.has(spec.tags[0]) ? false : `tags ${spec.tags}`))).toEqual([]);
  });

  it('states the security that is enforced', () => {
    const stated = ({ access }: Operation): unknown => {
      switch (access?.kind) {
        case 'public':
          return [{}];
        case 'optional':
          return [{}, { bearer: [] }];
        case 'guarded':
          return [{ [access.by]: [] }];
        case 'signed-in':
        case 'roles':
        // Only contracts have open routes; their documents are their own.
        case 'open':
        case undefined:
          return [{ bearer: [] }];
      }
    };
    const sorted = (requirements: unknown): string =>
      JSON.stringify((requirements as object[] | undefined)?.toSorted((a, b) => Object.keys(a).length - Object.keys(b).length));
    expect(
      complaints(
        (operation) =>
          sorted(operation.spec.security) !== sorted(stated(operation)) && `security ${JSON.stringify(operation.spec.security)}`,
      ),
    ).toEqual([]);
    const schemes = Object.keys(document.components.securitySchemes);
    expect(
      complaints(({ spec }) =>
        spec.security.flatMap((each: object) => Object.keys(each)).filter((name: string) => !schemes.includes(name)),
      ),
    ).toEqual([]);
  });

  it('describes its parameters, with examples', () => {
    expect(
      complaints(({ spec }) =>
        (spec.parameters ?? [])
          .filter((each: any) => !each.description || (each.example ?? each.schema?.example) === undefined)
          .map((each: any) => `parameter ${each.name}`),
      ),
    ).toEqual([]);
    expect(
      complaints(({ path, spec }) =>
        [...path.matchAll(/\{(\w+)\}/g)]
          .map(([, name]) => String(name))
          .filter((name) => !spec.parameters.some((each: any) => each.name === name && each.in === 'path')),
      ),
    ).toEqual([]);
  });

  it('describes every response, and what is in it', () => {
    expect(
      complaints(({ spec }) =>
        Object.entries<any>(spec.responses).flatMap(([status, response]) => {
          const media = Object.values<any>(response.content ?? {});
          // RFC 7009 §2.2: the answer to a revocation has no content.
          const bodiless = status === '303' || status === '202' || status === '204' || spec.operationId === 'revokeToken';
          if (!response.description) return `${status} has no description`;
          if (media.length === 0 && !bodiless) return `${status} has no content`;
          return media.some(({ schema }) => schema === undefined) ? `${status} has no schema` : [];
        }),
      ),
    ).toEqual([]);
    expect(complaints(({ spec }) => !Object.keys(spec.responses).some((status) => /^2|^303$/.test(status)) && 'no success')).toEqual([]);
  });

  it('names the failures that it can answer with', () => {
    const expected = ({ spec, access, path }: Operation): string[] => [
      '500',
      '503',
      ...(access?.kind === 'signed-in' || access?.kind === 'roles' || access?.kind === 'optional' || access?.kind === 'guarded'
        ? ['401']
        : []),
      ...(access?.kind === 'roles' ? ['403'] : []),
      ...(spec.requestBody !== undefined || (spec.parameters ?? []).length > 0 ? ['422'] : []),
      ...(spec.requestBody === undefined ? [] : ['400', '413', '415']),
      ...(path.includes('{') ? ['404'] : []),
    ];
    expect(complaints((operation) => expected(operation).filter((status) => operation.spec.responses[status] === undefined))).toEqual([]);
  });

  it('gives an example of every failure it names, as problem details', () => {
    expect(
      complaints(({ spec, path }) =>
        Object.entries<any>(spec.responses)
          .filter(([status]) => Number(status) >= 400 && !path.startsWith('/contracts/') && !spec.tags.includes('Pages'))
          .flatMap(([status, { content }]) => {
            const problem = content['application/problem+json'];
            const examples = Object.entries<any>(problem?.examples ?? {});
            if (problem?.schema.$ref !== '#/components/schemas/Problem' || examples.length === 0) return `${status} is no problem document`;
            return examples
              .filter(([code, { value }]) => value.code !== code || value.status !== Number(status))
              .map(([code]) => `${status} ${code}`);
          }),
      ),
    ).toEqual([]);
  });

  it('takes and gives fields that are described, each with an example', () => {
    const poor = Object.entries<any>(document.components.schemas).flatMap(([name, schema]) =>
      Object.entries<any>(schema.properties ?? {}).flatMap(([field, property]) => {
        const { items } = property;
        const nested = resolve(document, property).properties ?? (items && resolve(document, items).properties);
        return [
          ...(property.description ? [] : [`${name}.${field} has no description`]),
          ...(property.example === undefined && nested === undefined ? [`${name}.${field} has no example`] : []),
        ];
      }),
    );
    expect(poor).toEqual([]);
  });

  describe('in a document that', () => {
    it('is OpenAPI 3.1: JSON Schema’s way of null, exclusive limits and examples', () => {
      expect(document.openapi).toMatch(/^3\.1\./);
      expect(
        findKeys(document, (key, value) => key === 'nullable' || (key.startsWith('exclusiveM') && typeof value === 'boolean')),
      ).toEqual([]);
      expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) });
    });

    it('refers to nothing that it does not define, and defines nothing that it does not refer to', () => {
      const references = new Set<string>();
      findKeys(document, (key, value) => key === '$ref' && Boolean(references.add(String(value))));
      // Schemes are named by requirements, not by references.
      const { securitySchemes: _, ...components } = document.components;
      const defined = Object.entries<object>(components).flatMap(([kind, members]) =>
        Object.keys(members).map((name) => `#/components/${kind}/${name}`),
      );
      expect([...references].filter((reference) => !defined.includes(reference))).toEqual([]);
      expect(defined.filter((reference) => !references.has(reference))).toEqual([]);
    });

    it('is the same in YAML', async () => {
      const yaml = await app.get('/openapi.yaml');
      expect(yaml.status).toBe(200);
      for (const { spec } of operations) expect(yaml.text).toContain(`operationId: ${spec.operationId}\n`);
    });
  });
});

/** Paths of the keys for which `matches` holds. */
function findKeys(node: unknown, matches: (key: string, value: unknown) => boolean, path = ''): string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => [
    ...(matches(key, value) ? [`${path}/${key}`] : []),
    ...findKeys(value, matches, `${path}/${key}`),
  ]);
}
