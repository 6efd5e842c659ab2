import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONTRACT_SLUGS } from '../src/contracts/shared/contract-slugs.js';
import { type TestApp, sharedApp } from './support/start-app.js';

describe('the documents in OpenAPI 3.0', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp({ CONTRACTS: 'all' });
  });
  afterAll(() => app.stop());

  const PAIRS = [
    ['/openapi-3.0.json', '/openapi.json'],
    ...CONTRACT_SLUGS.map((slug) => [`/contracts/${slug}/openapi-3.0.json`, `/docs/contracts/${slug}.json`]),
  ] as [string, string][];

  it.each(PAIRS)('%s is valid by the schema of OpenAPI 3.0, and has every operation and schema', async (url, original) => {
    const [{ status, headers, body }, newer] = [await app.get(url), (await app.get(original)).body];
    expect([status, headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
    expect(body.openapi).toBe('3.0.3');
    const { valid, errors } = await new Validator({ strict: false }).validate(structuredClone(body));
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
    const operations = (document: { paths: Record<string, object> }): string[] =>
      Object.entries(document.paths).flatMap(([path, item]) => Object.keys(item).map((method) => `${method} ${path}`));
    expect(operations(body)).toEqual(operations(newer));
    expect(Object.keys(body.components.schemas ?? {})).toEqual(Object.keys(newer.components.schemas ?? {}));
  });
});
