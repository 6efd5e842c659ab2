import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
// In your own backend: from '@latchkey/verifier'.
import { type AccessTokenClaims, type Verifier, VerifierError } from '../src/index.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls. */
    claims: AccessTokenClaims | null;
  }
}

/** A backend whose routes are for people who are signed in to Latchkey. */
export function createBackend(verifier: Verifier): FastifyInstance {
  const app = Fastify();
  app.decorateRequest('claims', null);

  const signedIn = async (request: FastifyRequest): Promise<void> => {
    const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) throw new VerifierError('token.invalid', 'An access token is required.');
    request.claims = await verifier.verify(token);
  };

  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof VerifierError)) return reply.send(error);
    if (error.status === 503) void reply.header('retry-after', '2');
    else void reply.header('www-authenticate', 'Bearer error="invalid_token"');
    return reply.status(error.status).send({ code: error.code, message: error.message });
  });

  app.get('/notes', { preHandler: signedIn }, (request) => ({ owner: request.claims?.sub, notes: [] }));
  app.addHook('onClose', () => verifier.close());
  return app;
}
