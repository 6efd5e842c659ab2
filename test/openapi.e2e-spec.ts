import { readFileSync, readdirSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createOpenApiDocuments } from '../src/openapi/openapi.js';
import { AnswerCheck, watchAnswers } from './support/answer-check.js';
import { type TestApp, startApp } from './support/start-app.js';

/* eslint-disable typescript/no-explicit-any -- documents of every shape are walked */

describe('the OpenAPI documents', () => {
  let app: TestApp;
  let documents: Map<string, any>;
  beforeAll(async () => {
    app = await startApp({ CONTRACTS: 'all' });
    documents = await createOpenApiDocuments(app.nest, app.settings);
  });
  afterAll(() => app.stop());

  it('are those in openapi/: `npm run openapi` writes them', () => {
    const committed = readdirSync('openapi', { recursive: true, encoding: 'utf8' })
      .filter((name) => /^(?:latchkey|contracts\/[\w-]+)\.json$/.test(name))
      .map((name) => name.replace('.json', ''));
    expect(committed.toSorted()).toEqual([...documents.keys()].toSorted());
    for (const [name, document] of documents) {
      const file = `openapi/${name}.json`;
      // Where this server is reached is no part of the interface.
      const kept = { ...JSON.parse(readFileSync(file, 'utf8')), servers: [] };
      expect({ file, ...kept }).toEqual({ file, ...JSON.parse(JSON.stringify(document)), servers: [] });
    }
  });

  it('name every list of values', () => {
    const nameless = (node: any, path: string): string[] =>
      typeof node !== 'object' || node === null
        ? []
        : Object.entries<any>(node).flatMap(([key, value]) =>
            key === 'enum' && !/^\/components\/schemas\/\w+$/.test(path) ? [path] : nameless(value, `${path}/${key}`),
          );
    expect(nameless(documents.get('latchkey'), '')).toEqual([]);
  });

  it('name the language of exactly those failures that people may be shown', () => {
    const { paths, components } = documents.get('latchkey');
    const localised = ({ headers }: any) => headers?.['Content-Language'] !== undefined;
    const { 422: invalid, 400: malformed, 500: broken, 200: good } = paths['/v1/auth/login'].post.responses;
    expect([invalid, malformed, broken, good].map(localised)).toEqual([true, false, true, false]);
    expect(invalid.headers['Content-Language'].$ref).toBe('#/components/headers/Language');
    expect(components.headers.Language.description).toContain('Accept-Language');
    const naming = [...documents].filter(([, document]) => JSON.stringify(document).includes('Content-Language'));
    expect(naming.map(([name]) => name)).toEqual(['latchkey']);
  });

  it('show every body as a whole, as its schema has it', () => {
    const document = documents.get('latchkey');
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'document', components: document.components });
    // Most answers share a few schemas, and compiling one takes longer than all that is done with it.
    const validators = new Map<string, ValidateFunction>();
    const validatorOf = (schema: unknown): ValidateFunction => {
      const text = JSON.stringify(schema).replaceAll('"#/components', '"document#/components');
      const known = validators.get(text) ?? ajv.compile(JSON.parse(text) as object);
      validators.set(text, known);
      return known;
    };
    let shown = 0;
    for (const [path, item] of Object.entries<any>(document.paths)) {
      for (const [method, { requestBody, responses }] of Object.entries<any>(item)) {
        for (const { content = {} } of [requestBody ?? {}, ...Object.values<any>(responses)]) {
          for (const [type, { schema, example, examples = {} }] of Object.entries<any>(content)) {
            if (!/json|form/.test(type)) continue;
            const values = [...(example === undefined ? [] : [example]), ...Object.values<any>(examples).map(({ value }) => value)];
            expect(values.length, `${method} ${path} ${type}`).toBeGreaterThan(0);
            const validate = validatorOf(schema);
            for (const value of values) expect(validate(value), `${method} ${path} ${ajv.errorsText(validate.errors)}`).toBe(true);
            shown += values.length;
          }
        }
      }
    }
    expect(shown).toBeGreaterThan(100);
  });

  describe('hold against answers', () => {
    const user = (): any =>
      structuredClone(documents.get('latchkey').paths['/v1/users/me'].get.responses['200'].content['application/json'].example);
    const complaint = (status: number, contentType: string, body: unknown, url = '/v1/users/me?a=1'): string | undefined =>
      new AnswerCheck(documents.get('latchkey')).complaint('GET', url, { status, contentType, text: JSON.stringify(body) });
    const JSON_TYPE = 'application/json; charset=utf-8';
    const PROBLEM = 'application/problem+json; charset=utf-8';

    it('nothing when they are as documented, or of no operation', () => {
      expect(complaint(200, JSON_TYPE, user())).toBeUndefined();
      expect(complaint(200, JSON_TYPE, { anything: true }, '/v1/nothing')).toBeUndefined();
    });

    it.each([
      ['an undocumented status', () => complaint(418, JSON_TYPE, user()), 'this status'],
      ['another media type', () => complaint(200, 'text/html', user()), 'no text/html'],
      ['a missing field', () => complaint(200, JSON_TYPE, { ...user(), email: undefined }), "required property 'email'"],
      ['a field more', () => complaint(200, JSON_TYPE, { ...user(), passwordHash: '…' }), 'additional properties'],
      ['another type', () => complaint(200, JSON_TYPE, { ...user(), number: '42' }), 'must be integer'],
      ['another format', () => complaint(200, JSON_TYPE, { ...user(), createdAt: 'yesterday' }), 'format "date-time"'],
      [
        'a code that the operation does not name',
        () => complaint(404, PROBLEM, { code: 'book.not_found' }),
        'does not name book.not_found',
      ],
    ])('%s', (_what, complain, words) => {
      expect(complain()).toContain(words);
    });

    it('whether they are injected or come over the network', async () => {
      const seen: unknown[] = [];
      watchAnswers(app.nest, (method, url, { status, text }) => seen.push([method, url, status, text]));
      await app.listen();
      await app.get('/health/live');
      await fetch(`${await app.nest.getUrl()}/health/live`);
      const answer = ['GET', '/health/live', 200, '{"status":"ok"}'];
      expect(seen).toEqual([answer, answer]);
    });

    it('as a failure of the test file that got them', async () => {
      const other = await startApp();
      const spy = vi.spyOn(AnswerCheck.prototype, 'complaint').mockReturnValue('GET /health/live answered 418');
      await other.get('/health/live');
      spy.mockRestore();
      await expect(other.stop()).rejects.toThrow('Not as documented:\nGET /health/live answered 418');
    });
  });
});
