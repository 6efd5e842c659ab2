import Fastify, { type FastifyInstance } from 'fastify';
// In your own backend: from '@latchkey/verifier' and '@latchkey/verifier/node'.
import type { Verifier } from '../src/index.js';
import { claimsOf, requireToken } from '../src/node.js';

/** A backend whose notes are for people who are signed in to Latchkey. */
export function createBackend(verifier: Verifier): FastifyInstance {
  const app = Fastify();
  app.get('/notes', { preHandler: requireToken(verifier) }, (request) => ({ owner: claimsOf(request).sub }));
  app.delete('/notes', { preHandler: requireToken(verifier, { role: 'admin' }) }, (_request, reply) => reply.status(204).send());
  app.addHook('onClose', () => verifier.close());
  return app;
}
