import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { contractsServed } from './app.module.js';
import type { Settings } from './config/settings.js';
import type { Documentation } from './swagger-ui.js';

/**
 * Serves the core's document at `/openapi.json` and Swagger UI at `/docs`, and those of the contracts at `/docs/contracts/<slug>.json`
 * and `/docs/contracts/<slug>`. Its pages run scripts of this server only, and may call nobody but it.
 *
 * Documents, and the library that makes them, are for the first who asks: see `common/api-docs.ts`.
 */
export function serveDocumentation(app: NestFastifyApplication, settings: Settings): void {
  const fastify = app.getHttpAdapter().getInstance();
  const policy = policyOf(settings);
  fastify.addHook('onRequest', (request, reply, done) => {
    if (/^\/docs(?:$|\/)/.test(request.routeOptions.url ?? '')) void reply.header('content-security-policy', policy);
    done();
  });

  let made: Promise<Documentation> | undefined;
  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    made ??= import('./swagger-ui.js').then(({ documentationOf }) => documentationOf(app, settings));
    const { url = '' } = request.routeOptions;
    const path = url.replace('*', (request.params as { '*': string })['*']);
    if (!(await (await made)(path, request, reply))) reply.callNotFound();
    return reply;
  };
  const contracts = contractsServed(settings).map(({ slug }) => `/docs/contracts/${slug}`);
  // Named one by one where they are known, so that other methods are answered 405 there.
  const pages = ['/docs', ...contracts].flatMap((page) => [page, `${page}/index.html`, `${page}/swagger-ui-init.js`]);
  const documents = ['/openapi', ...contracts].flatMap((name) => [`${name}.json`, `${name}.yaml`]);
  for (const path of [...pages, ...documents, '/docs/*']) fastify.get(path, answer);
}

function policyOf({ PUBLIC_URL: url }: Settings): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    // Swagger UI sets style attributes on its elements.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    `connect-src 'self' ${new URL(String(url)).origin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
