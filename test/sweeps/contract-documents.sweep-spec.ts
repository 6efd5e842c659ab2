import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BodyFormat, ContractClient, startContracts } from '../support/contracts.js';
import type { Answer, TestApp } from '../support/start-app.js';
import { pngOf } from '../support/test-library.js';
import { differences } from '../contracts/documents/differences.js';
import { type ContractDocument, type Example, fillIn, type Given, PICTURE, Stage } from '../contracts/documents/document.js';
import { ENTITY_USER } from '../contracts/documents/entity-user.document.js';
import { SADHELX } from '../contracts/documents/sadhelx.document.js';
import { TEST_LIBRARY } from '../contracts/documents/test-library.document.js';
import { USER_AUTH } from '../contracts/documents/user-auth.document.js';
import { USER_SPEC } from '../contracts/documents/user-spec.document.js';

/** Bodies by the media types of OpenAPI documents. */
const FORMATS: Readonly<Record<string, BodyFormat>> = {
  'application/json': 'json',
  'application/x-www-form-urlencoded': 'urlencoded',
  'multipart/form-data': 'multipart',
};

const DOCUMENTS = [TEST_LIBRARY, ENTITY_USER, SADHELX, USER_AUTH, USER_SPEC];

/** Fields of a body, and the one that is a file. */
interface Body {
  fields?: Record<string, unknown>;
  file?: { field: string; content: Buffer };
}

describe.each(DOCUMENTS)('the document of $slug', (document) => {
  const { slug, tokenHeader = 'authorization', examples } = document;
  let app: TestApp;
  let paths: Record<string, Record<string, { requestBody?: { content: object } }>>;
  let picture: Buffer;
  beforeAll(async () => {
    app = await startContracts();
    ({ paths } = (await app.get(`/docs/contracts/${slug}.json`)).body);
    picture = await pngOf('#336699');
  });
  afterAll(() => app.stop());

  it.each(examples.map((example) => [example.title, example] as const))('has its words in %s', async (_, example) => {
    let given: Given | undefined;
    for (const format of formatsOf(example)) {
      if (given === undefined || (example.status < 400 && example.isRepeatable !== true)) given = await prepare(document, example);
      expect([format, await send(example, given, format)]).toEqual([format, []]);
    }
  });

  async function prepare(of: ContractDocument, { given, readsMail }: Example): Promise<Given> {
    if (readsMail === true) await app.empty();
    else await app.rows('DELETE FROM users');
    return (await given?.(new Stage(app, of, picture, readsMail))) ?? {};
  }

  /** Differences of the answer to the request of an example. */
  async function send(example: Example, { token, values = {} }: Given, format: BodyFormat | undefined): Promise<string[]> {
    const path = Object.entries(values).reduce((text, [name, value]) => text.replace(name, String(value)), example.path);
    const { fields, file } = bodyOf(example, values);
    const answer = await new ContractClient(app, slug).send(example.method, path, fields, {
      ...(format === undefined ? {} : { format }),
      ...(file === undefined ? {} : { file }),
      ...(token === undefined ? {} : { headers: { [tokenHeader]: token } }),
    });
    return [
      ...(answer.status === example.status ? [] : [`status: ${answer.status}, not ${example.status}: ${answer.text}`]),
      ...differencesOf(answer, example, values),
    ];
  }

  function bodyOf({ fields }: Example, values: Readonly<Record<string, string | number>>): Body {
    if (fields === undefined) return {};
    const [field, content] = Object.entries(fields).find(([, value]) => isFile(value)) ?? [];
    const texts = Object.entries(fields).filter(([, value]) => !isFile(value));
    return {
      fields: fillIn(Object.fromEntries(texts), values) as Record<string, unknown>,
      ...(field !== undefined && { file: { field, content: Buffer.isBuffer(content) ? content : picture } }),
    };
  }

  /** Every kind of body that our document lists; all kinds where a body has no effect, but for GET, of which bodies are not even read. */
  function formatsOf({ method, path, fields }: Example): (BodyFormat | undefined)[] {
    if (fields === undefined) return [undefined];
    const [, item] = Object.entries(paths).find(([template]) => matches(template, path)) ?? [];
    const operation = item?.[method.toLowerCase()];
    if (operation === undefined) throw new Error(`${method} ${path} is not documented`);
    const formats = Object.keys(operation.requestBody?.content ?? (method === 'GET' ? { 'multipart/form-data': {} } : FORMATS));
    const isUpload = Object.values(fields).some(isFile);
    return formats.map((type) => FORMATS[type]).filter((format) => !isUpload || format === 'multipart');
  }
});

describe('the comparison with a document', () => {
  it.each([
    ['a member that is missing', { message: 'x' }, {}, 'message: missing'],
    ['a member too many', {}, { data: { user: 1 } }, 'data: not in the document'],
    ['another text', { data: { name: 'x' } }, { data: { name: 'X' } }, 'data.name: "X", not "x"'],
    ['a text in place of a boolean', { status: true }, { status: 'true' }, 'status: "true", not true'],
    ['null in place of a text', { email: 'x' }, { email: null }, 'email: null, not "x"'],
    ['another status', { status: 201 }, { status: 200 }, 'status: 200, not 201'],
    ['an id that is a text', { id: 8 }, { id: '8' }, 'id: "8", not 8'],
    ['a list of another length', { data: [] }, { data: [1] }, 'data: [1], not []'],
    ['a row with another member', [{ id: 1 }], [{ id: 1, role: 'x' }], '[0].role: not in the document'],
    ['a date of another form', 'Mon, 20 Jul 2020 11:02:58 GMT', '2020-07-20T11:02:58Z', 'body: "2020-07-20T11:02:58Z", not'],
    ['what is no token', { access_token: '<access_token>' }, { access_token: 'x' }, 'access_token: "x", not'],
  ])('tells %s', (_, expected, actual, complaint) => {
    expect(differences(expected, actual)).toEqual([expect.stringContaining(complaint)]);
    expect(differences(expected, expected).filter((each) => !each.includes('<access_token>'))).toEqual([]);
  });
});

function differencesOf(
  { body, headers }: Answer,
  { answer, beyond }: Example,
  values: Readonly<Record<string, string | number>>,
): string[] {
  if (answer === PICTURE) return headers['content-type'] === 'image/jpeg' ? [] : [`content-type: ${String(headers['content-type'])}`];
  return differences(fillIn(answer, values), body, beyond);
}

function isFile(value: unknown): boolean {
  return value === PICTURE || Buffer.isBuffer(value);
}

/** Whether a path of an OpenAPI document, which has no slash at its end, is the one of an example. */
function matches(template: string, path: string): boolean {
  return new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}/?$`).test(path);
}
