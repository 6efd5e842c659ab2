import { ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { contractsServed, prefixOf } from '../contracts/contracts.js';
import { FieldProblemView, Problem } from '../common/problem.js';
import { PROBLEM_CODES } from '../common/api-problem.js';
import { loadSections } from '../auth/account/export-sections.js';
import { LANGUAGE_HEADERS, problemResponses } from './problem-responses.js';
import { CAPABILITIES, CATALOGUE } from '../capabilities.js';
import type { ErrorCode } from '../common/declared.js';
import { IDEMPOTENCY_KEY } from '../idempotency/idempotency-key.js';
import type { Settings } from '../config/settings.js';
import { Languages } from '../languages/languages.service.js';
import { ProblemTexts } from '../languages/problem-texts.js';
import { createContractDocument } from './contract-document.js';
import { addExamples } from './openapi-examples.js';
import { toOpenApi30 } from './openapi-3-0.js';
import { splitForms } from './split-forms.js';
import { addHooks } from './hook-docs.js';
import { addWebhooks } from './webhook-docs.js';

const DESCRIPTION = `Accounts, sign-in and sessions for your frontend.

Sign in with \`POST /v1/auth/login\`, send the \`accessToken\` as \`Authorization: Bearer …\`, and exchange the \`refreshToken\` at
\`POST /v1/auth/refresh\` before it expires. Every failure is \`application/problem+json\` (RFC 9457) with a stable \`code\`.
Their sentences are in the language that \`Accept-Language\` asks for, if the server speaks it (\`Content-Language\` says so), and else in English.

\`npm install <this server>/sdk/client.tgz\` installs the SDK for browsers and servers. For generators that do not read OpenAPI 3.1, as those
for Dart, Kotlin and Swift, this document in OpenAPI 3.0 is at \`/openapi-3.0.json\`.`;

/** Descriptions of the tags, in the order of the document; omits tags without operations. */
const TAGS = CAPABILITIES.flatMap(({ tags = [] }) => tags)
  .toSorted((a, b) => a.position - b.position)
  .map(({ name, description }) => ({ name, description }));

/** The settings that a document depends on, beside the routes that there are. */
export type DocumentSettings = Pick<Settings, 'PUBLIC_URL' | 'CONTRACTS' | 'DEFAULT_LOCALE'>;

/** The OpenAPI 3.1 document of the core's API. */
export function createOpenApiDocument(app: NestFastifyApplication, settings: DocumentSettings): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Latchkey')
    .setDescription(DESCRIPTION)
    .setVersion('1.0.0')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer(String(settings.PUBLIC_URL), 'This server')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The `accessToken` of a sign-in.' })
    .addSecurity('oauth-client', {
      type: 'http',
      scheme: 'basic',
      description:
        'Id and secret of a client in the setting `OAUTH_CLIENTS` (RFC 6749 §2.3.1); `client_id` and `client_secret` in the form work as well.',
    })
    .addSecurity('mail-webhook-token', { type: 'http', scheme: 'bearer', description: 'The setting `MAIL_WEBHOOK_TOKEN`.' })
    .addSecurity('mail-provider', {
      type: 'http',
      scheme: 'basic',
      description:
        'Postmark: the password `MAIL_WEBHOOK_POSTMARK_PASSWORD`. The other providers sign their requests with header fields or members of their own.',
    })
    .addSecurity('metrics-token', { type: 'http', scheme: 'bearer', description: 'The setting `METRICS_TOKEN`.' })
    .build();
  const contracts = new Set<unknown>(contractsServed(settings).map(({ module }) => module));
  const modules = [...app.get(ModulesContainer).values()].map(({ metatype }) => metatype);
  const document = SwaggerModule.createDocument(app, config, {
    include: modules.filter((module) => !contracts.has(module)),
    extraModels: [Problem, FieldProblemView],
  });
  const operations = operationsOf(document);
  // Made here, because no server may be running.
  const texts = new ProblemTexts(new Languages(settings));
  addProblems(operations, (code) => texts.keyOf(code) !== null);
  document.components = { ...document.components, headers: LANGUAGE_HEADERS };
  const used = new Set(operations.flatMap(({ tags = [] }) => tags));
  document.tags = TAGS.filter(({ name }) => used.has(name));
  const errors = Object.entries(CATALOGUE.errors).map(([code, { title, advice }]) => [code, `${title}. ${advice}`]);
  nameValues(document, 'ErrorCode', Object.keys(CATALOGUE.errors), Object.fromEntries(errors));
  nameValues(document, 'FieldRule', Object.keys(CATALOGUE.rules), CATALOGUE.rules);
  nameValues(document, 'AuditAction', CATALOGUE.actions);
  splitForms(document.components?.schemas ?? {});
  addWebhooks(document);
  addHooks(document);
  addExamples(operations, document.components?.schemas ?? {});
  document.info.contact = { name: 'Whoever runs this server' };
  return document;
}

/** Every document of this server, by the name of its file below `openapi/` without `.json`. */
export async function createOpenApiDocuments(app: NestFastifyApplication, settings: Settings): Promise<Map<string, OpenAPIObject>> {
  // A server loads them when it starts; here no server may be running.
  await loadSections(CATALOGUE.exports);
  const contracts = contractsServed(settings).map(
    (contract) => [`contracts/${contract.slug}`, createContractDocument(app, contract, settings)] as const,
  );
  return new Map([['latchkey', createOpenApiDocument(app, settings)], ...contracts]);
}

/**
 * Failures that any operation can answer with, those of any with parameters or a body, with a parameter in its path, with an
 * `Idempotency-Key`, and with a body.
 */
const ANY: ErrorCode[] = [
  'request.headers_too_large',
  'server.error',
  'server.unavailable',
  'server.outcome_unknown',
  'server.secret_outdated',
];
const WITH_INPUT: ErrorCode[] = ['request.invalid'];
const WITH_PATH: ErrorCode[] = ['route.not_found'];
const WITH_KEY: ErrorCode[] = ['idempotency.key_invalid', 'idempotency.key_reused', 'idempotency.in_progress'];
const WITH_BODY: ErrorCode[] = ['request.malformed', 'request.too_large', 'request.unsupported_media_type'];

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Response = Operation['responses'][string];
type Parameter = { name: string; in: string };

function operationsOf(document: OpenAPIObject): Operation[] {
  return Object.values(document.paths)
    .flatMap((path) => [path.get, path.post, path.put, path.patch, path.delete])
    .filter((operation) => operation !== undefined);
}

function addProblems(operations: Operation[], isForPeople: (code: ErrorCode) => boolean): void {
  for (const operation of operations) {
    // Pages show failures as pages, and document them on their own.
    if (operation.tags?.includes('Pages') === true) continue;
    const hasBody = operation.requestBody !== undefined;
    const hasInput = hasBody || (operation.parameters?.length ?? 0) > 0;
    const has = (matches: (parameter: Parameter) => boolean): boolean =>
      operation.parameters?.some((each) => matches(each as Parameter)) ?? false;
    const common = [
      ...(hasInput ? WITH_INPUT : []),
      ...(has((each) => each.in === 'path') ? WITH_PATH : []),
      ...(has(({ name }) => name === IDEMPOTENCY_KEY) ? WITH_KEY : []),
      ...(hasBody ? WITH_BODY : []),
      ...ANY,
    ];
    writeProblems(operation, common, isForPeople);
  }
}

/** Adds responses for the declared error codes of the operation and for common ones. */
function writeProblems(operation: Operation, others: readonly ErrorCode[], isForPeople: (code: ErrorCode) => boolean): void {
  const declaring = operation as Operation & { [PROBLEM_CODES]?: ErrorCode[] };
  const codes = [...(declaring[PROBLEM_CODES] ?? []), ...others];
  delete declaring[PROBLEM_CODES];
  for (const [status, response] of problemResponses(codes, CATALOGUE.errors, isForPeople))
    operation.responses[status] = response as Response;
}

/** Gives an enum the values that the capabilities declare, and what each means: Redocly, and the SDK's generator, read the extension. */
function nameValues(document: OpenAPIObject, name: string, values: readonly string[], meanings?: Readonly<Record<string, string>>): void {
  const schema = document.components?.schemas?.[name];
  if (schema === undefined || !('enum' in schema)) return;
  schema.enum = [...values];
  if (meanings !== undefined) Object.assign(schema, { 'x-enumDescriptions': meanings });
}

/**
 * Serves the core's document at `/openapi.json` and Swagger UI at `/docs`, and those of the contracts at `/docs/contracts/<slug>.json` and
 * `/docs/contracts/<slug>`; all of them in OpenAPI 3.0 at `/openapi-3.0.json`, below the prefix of a contract. Its pages run only scripts of this server, and may call only this server.
 */
export function serveOpenApi(app: NestFastifyApplication, settings: Settings): void {
  const csp = [
    "default-src 'none'",
    "script-src 'self'",
    // Swagger UI sets style attributes on its elements.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    `connect-src 'self' ${new URL(String(settings.PUBLIC_URL)).origin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', (request, reply, done) => {
      if (/^\/docs(?:$|\/)/.test(request.routeOptions.url ?? '')) void reply.header('content-security-policy', csp);
      done();
    });
  const contracts = contractsServed(settings);
  // Built on the first request, so that production nodes do not wait for it at start.
  SwaggerModule.setup('docs', app, () => createOpenApiDocument(app, settings), {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: 'Latchkey API',
    customCss: noScriptNote(pathAt(settings.PUBLIC_URL, '/openapi.json')),
    explorer: contracts.length > 0,
    swaggerOptions: {
      urls: [
        { name: 'Latchkey', url: '/openapi.json' },
        ...contracts.map(({ slug, title }) => ({ name: title, url: `/docs/contracts/${slug}.json` })),
      ],
    },
  });
  serveOpenApi30(app, '/openapi-3.0.json', () => createOpenApiDocument(app, settings));
  for (const contract of contracts) {
    const { slug, title } = contract;
    serveOpenApi30(app, `${prefixOf(contract)}/openapi-3.0.json`, () => createContractDocument(app, contract, settings));
    SwaggerModule.setup(`docs/contracts/${slug}`, app, () => createContractDocument(app, contract, settings), {
      jsonDocumentUrl: `docs/contracts/${slug}.json`,
      yamlDocumentUrl: `docs/contracts/${slug}.yaml`,
      customSiteTitle: title,
      customCss: noScriptNote(pathAt(settings.PUBLIC_URL, `/docs/contracts/${slug}.json`)),
    });
  }
}

/** Serves a document in OpenAPI 3.0 as well, made at the first request. */
function serveOpenApi30(app: NestFastifyApplication, path: string, create: () => OpenAPIObject): void {
  let text: string | undefined;
  app
    .getHttpAdapter()
    .getInstance()
    .get(path, (_request, reply) => {
      text ??= JSON.stringify(toOpenApi30(create()));
      return reply.type('application/json').send(text);
    });
}

/** The path of an address below `PUBLIC_URL`, which may have one itself. */
function pathAt(publicUrl: string | undefined, path: string): string {
  return new URL(`${publicUrl}${path}`).pathname;
}

/** Swagger UI without scripts is a blank page; this says where else the documentation is. @param path of the document */
function noScriptNote(path: string): string {
  const note = JSON.stringify(`This page needs JavaScript. The same for programs: ${path}`);
  return `@media (scripting: none) { body::before { content: ${note}; display: block; padding: 24px; font: 16px/1.6 system-ui, sans-serif; overflow-wrap: anywhere; } }`;
}
