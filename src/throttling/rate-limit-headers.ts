import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Caller, LimitStanding } from '../common/caller.js';

/** Reports the limits that counted a request in `RateLimit` headers of the answer. */
export function addRateLimitHeaders(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request: FastifyRequest & { caller?: Caller }, reply, _payload, done) => {
    const limits = request.caller?.limits ?? [];
    if (limits.length > 0) void reply.headers(toHeaders(limits));
    done();
  });
}

/** The state of the limit that is closest to being exhausted (draft-ietf-httpapi-ratelimit-headers). */
function toHeaders(limits: readonly LimitStanding[]): Record<string, string> {
  const [tightest] = limits.toSorted((a, b) => a.remaining - b.remaining);
  if (tightest === undefined) return {};
  const { name, limit, windowSeconds, remaining, resetSeconds } = tightest;
  return { 'ratelimit-policy': `"${name}";q=${limit};w=${windowSeconds}`, ratelimit: `"${name}";r=${remaining};t=${resetSeconds}` };
}
