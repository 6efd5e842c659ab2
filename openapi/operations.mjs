// Writes the SDK's operations and the texts of its error codes from latchkey.json; the types of bodies and answers are hey-api's.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import config from './openapi-ts.config.mjs';

const document = JSON.parse(readFileSync(join(import.meta.dirname, 'latchkey.json'), 'utf8'));
const { schemas } = document.components;
const NOTICE = '// Generated from the OpenAPI document by openapi/operations.mjs. Do not edit.\n';
const PROBLEM = 'application/problem+json';

const quote = (text) => `'${text.replaceAll("'", String.raw`\'`)}'`;
const union = (codes) => codes.map(quote).join(' | ');
const capitalized = (name) => name[0].toUpperCase() + name.slice(1);

/** A comment for editors. */
const comment = (indent, ...paragraphs) =>
  [`${indent}/**`, ...paragraphs.filter(Boolean).join('\n\n').split('\n').map((line) => `${indent} * ${line}`.trimEnd()), `${indent} */`]
    .join('\n')
    .replaceAll('*/\n', '*\\/\n')
    .replace(/\*\\\/\n?$/, '*/');

/** An interface with a commented property for each value of an enum. */
function table(name, about, enumName, typeOf) {
  const { enum: values, 'x-enumDescriptions': texts } = schemas[enumName];
  const rows = values.map((value) => `${comment('  ', texts[value])}\n  ${quote(value)}: ${typeOf(value)};`);
  return `${comment('', about)}\nexport interface ${name} {\n${rows.join('\n')}\n}\n`;
}

/** The type of what an operation answers with when all is well. */
function valueOf({ operationId, responses }) {
  const good = Object.entries(responses).filter(([status]) => Number(status) < 400);
  const types = good.map(([, { content = {} }]) => {
    const media = Object.entries(content);
    if (media.length === 0) return 'null';
    const schema = content['application/json']?.schema;
    const reference = schema?.$ref ?? schema?.items?.$ref;
    if (reference !== undefined) return `Api.${reference.split('/').at(-1)}${schema.type === 'array' ? '[]' : ''}`;
    if (media.every(([, { schema }]) => schema.format === 'binary')) return 'Blob';
    throw new Error(`${operationId} answers with something that the SDK cannot read yet: ${media.map(([type]) => type)}`);
  });
  return [...new Set(types)].join(' | ');
}

/** The codes that the document names for an operation, by their examples. */
function codesOf({ responses }) {
  return Object.values(responses).flatMap(({ content }) => Object.keys(content?.[PROBLEM]?.examples ?? {}));
}

/** The traits of `Traits` in packages/client/src/operation.ts. */
function traitsOf({ security = [], requestBody, responses }, value) {
  const schemes = security.map((each) => 'bearer' in each);
  const auth = schemes.includes(true) && (schemes.includes(false) ? 'optional' : 'required');
  const [silent] = Object.keys(responses).filter((status) => Number(status) < 400 && responses[status].content === undefined);
  const traits = [
    ...(auth ? [`auth: '${auth}'`] : []),
    ...(requestBody?.content['multipart/form-data'] ? ['upload: true'] : []),
    ...(value === 'Blob' ? ['file: true'] : []),
    ...(value.endsWith('[]') ? ['list: true'] : []),
    ...(silent === undefined ? [] : [`silent: ${silent}`]),
    ...(silent === undefined || value === 'null' ? [] : ['optional: true']),
  ];
  return { auth, text: traits.length > 0 ? `, { ${traits.join(', ')} }` : '' };
}

function write(method, path, operation) {
  const { operationId: id, summary, description } = operation;
  const value = valueOf(operation);
  const { auth, text: traits } = traitsOf(operation, value);
  const [data, code] = [`Api.${capitalized(id)}Data`, `${capitalized(id)}Code`];
  // What needs a session may refresh it first.
  const codes = union(codesOf(operation)) + (auth ? ' | RefreshSessionCode' : '');
  return `${comment('', `Codes of the failures of \`${id}\`; any call can also fail with a local one.`)}
export type ${code} = ${codes};

${comment('', summary, description)}
export const ${id} = (options: Options<${data}>): Promise<Result<${value}, ${code}>> =>
  send(options, '${method.toUpperCase()}', ${quote(path)}${traits});
`;
}

const included = new Set(config.parser.filters.tags.include);
const operations = Object.entries(document.paths)
  .flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ method, path, operation })))
  .filter(({ operation }) => operation.tags?.some((tag) => included.has(tag)))
  .map(({ method, path, operation }) => write(method, path, operation));

const IMPORTS = `import { type Options, send } from '../operation.js';
import type { Result } from '../result.js';
import type * as Api from './types.gen.js';
`;
const statusOf = Object.fromEntries(
  Object.values(document.paths).flatMap((methods) =>
    Object.values(methods).flatMap(({ responses }) =>
      Object.entries(responses).flatMap(([status, { content }]) =>
        Object.keys(content?.[PROBLEM]?.examples ?? {}).map((code) => [code, status]),
      ),
    ),
  ),
);
const errors = table('ServerErrorCodes', 'The HTTP status of every code of the server.', 'ErrorCode', (code) => statusOf[code] ?? 'number');
const rules = table('FieldRules', 'Every rule of a field that a request can break.', 'FieldRule', () => 'string');
const to = (name) => resolve(import.meta.dirname, config.output.path, name);
writeFileSync(to('operations.gen.ts'), [NOTICE + IMPORTS, ...operations].join('\n'));
writeFileSync(to('errors.gen.ts'), [NOTICE, errors, rules].join('\n'));
