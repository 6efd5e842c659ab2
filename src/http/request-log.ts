import { Logger } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';

/** Maximum logged length of a path that matched no route. */
const MAX_PATH_CHARS = 200;

/** Logs every request at level `debug`: the route and the result, never a query, a header or a body. */
export function logRequests(fastify: Pick<FastifyInstance, 'addHook'>): void {
  const logger = new Logger('Http');
  fastify.addHook('onResponse', (request, reply, done) => {
    const { method, id: requestId } = request;
    const path = request.routeOptions.url ?? pathOf(request.url).slice(0, MAX_PATH_CHARS);
    logger.debug({ msg: 'Request', method, path, status: reply.statusCode, ms: Math.round(reply.elapsedTime * 10) / 10, requestId });
    done();
  });
}

/** The path of a URL: queries may contain secrets, which must not be logged. */
export function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? '';
}
