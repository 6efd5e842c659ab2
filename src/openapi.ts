import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { FieldProblemView, Problem } from './common/problem.js';
import { PROBLEM_MEDIA_TYPE, problemResponses } from './common/api-problem.js';
import type { ErrorCode } from './common/error-codes.js';
import type { Settings } from './config/settings.js';

const DESCRIPTION = `Accounts, sign-in and sessions for your frontend.

Sign in with \`POST /v1/auth/login\`, send the \`accessToken\` as \`Authorization: Bearer …\`, and exchange the \`refreshToken\` at
\`POST /v1/auth/refresh\` before it expires. Every failure is \`application/problem+json\` (RFC 9457) with a stable \`code\`.`;

/** The OpenAPI 3.1 document of the core's API. */
export function createOpenApiDocument(app: INestApplication, settings: Settings): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Latchkey')
    .setDescription(DESCRIPTION)
    .setVersion('1.0.0')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer(String(settings.PUBLIC_URL), 'This server')
    .addTag('Auth', 'Registering, signing in and out, proving an e-mail address.')
    .addTag('Users', 'Accounts.')
    .addTag('Tokens', 'Keys and checks for backends that receive access tokens.')
    .addTag('Operations', 'Health and metrics.')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The `accessToken` of a sign-in.' })
    .addSecurity('metrics-token', { type: 'http', scheme: 'bearer', description: 'The setting `METRICS_TOKEN`.' })
    .build();
  const document = SwaggerModule.createDocument(app, config, { extraModels: [Problem, FieldProblemView] });
  addCommonProblems(document);
  return document;
}

/** Failures that any operation can answer with, and those of any operation with a body. */
const ANY: ErrorCode[] = ['server.error', 'server.unavailable'];
const WITH_BODY: ErrorCode[] = ['request.malformed', 'request.too_large', 'request.unsupported_media_type'];

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

function addCommonProblems(document: OpenAPIObject): void {
  for (const path of Object.values(document.paths)) {
    for (const operation of [path.get, path.post, path.put, path.patch, path.delete]) {
      if (operation === undefined) continue;
      const common = operation.requestBody === undefined ? ANY : [...WITH_BODY, ...ANY];
      for (const [status, response] of problemResponses([...documentedCodes(operation), ...common])) operation.responses[status] = response;
    }
  }
}

function documentedCodes(operation: Operation): ErrorCode[] {
  return Object.values(operation.responses).flatMap((response) => {
    const examples = response !== undefined && 'content' in response ? response.content?.[PROBLEM_MEDIA_TYPE]?.examples : undefined;
    return Object.keys(examples ?? {}) as ErrorCode[];
  });
}

/** Serves the document at `/openapi.json` and Swagger UI at `/docs`. */
export function serveOpenApi(app: INestApplication, document: OpenAPIObject): void {
  SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'openapi.json', yamlDocumentUrl: 'openapi.yaml', customSiteTitle: 'Latchkey API' });
}
