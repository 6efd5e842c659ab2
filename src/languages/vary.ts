import type { FastifyReply } from 'fastify';

/** Tells caches that the answer depends on the language that the caller asks for, whatever else it depends on (RFC 9110 §12.5.5). */
export function varyByLanguage(reply: FastifyReply): void {
  void reply.header('vary', [reply.getHeader('vary') ?? [], 'Accept-Language'].flat().join(', '));
}
