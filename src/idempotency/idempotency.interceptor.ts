import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { type Observable, from, lastValueFrom } from 'rxjs';
import { IDEMPOTENT, type Idempotency, MAX_KEY_CHARS } from './idempotency-key.js';
import type { AuthenticatedRequest } from '../common/principal.js';
import type { ConcludableRequest } from './conclude.js';
import { InvalidIdempotencyKeyError } from './errors.js';
import type { StoredAnswer } from './idempotency.repository.js';
import { IdempotencyService, type RequestIdentity } from './idempotency.service.js';

/** Visible ASCII. Node joins a repeated header with a comma and a space, so the pattern rejects it. */
const KEY = new RegExp(`^[\\x21-\\x7e]{1,${MAX_KEY_CHARS}}$`);

/** Headers that are stored with an answer. All other headers belong to the single response. */
const ANSWER_HEADERS = ['etag', 'location'];

/** Handles `Idempotency-Key`. Bound only to the routes with `@Idempotent()`: a global interceptor would slow every request down. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly requests: IdempotencyService,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const idempotency = this.reflector.get<Idempotency | undefined>(IDEMPOTENT, context.getHandler());
    const http = context.switchToHttp();
    const request = http.getRequest<AuthenticatedRequest>();
    const key = request.headers['idempotency-key'];
    if (idempotency === undefined || key === undefined) return next.handle();
    if (typeof key !== 'string' || !KEY.test(key)) throw new InvalidIdempotencyKeyError(MAX_KEY_CHARS);
    const content = contentOf(request);
    if (content === undefined) return next.handle();
    const identity = { route: `${request.method} ${request.routeOptions.url}`, userId: request.user?.userId ?? null, key, content };
    return from(this.once(request, identity, idempotency, next, http.getResponse<FastifyReply>()));
  }

  private async once(
    request: ConcludableRequest,
    identity: RequestIdentity,
    { ownerOf }: Idempotency,
    next: CallHandler,
    reply: FastifyReply,
  ): Promise<unknown> {
    const outcome = await this.requests.once(
      identity,
      (conclude) => {
        request.conclude = conclude;
        return lastValueFrom(next.handle(), { defaultValue: undefined }) as Promise<unknown>;
      },
      (result) => ({ answer: toAnswer(result, reply), ownerId: ownerOf?.(result) ?? null }),
    );
    if ('result' in outcome) return outcome.result;
    const { status, headers, body } = outcome.stored;
    void reply.status(status).headers({ ...headers, 'idempotency-replayed': 'true' });
    return body === null ? undefined : (JSON.parse(body) as unknown);
  }
}

function toAnswer(result: unknown, reply: FastifyReply): StoredAnswer {
  const headers = ANSWER_HEADERS.flatMap((name) => {
    const value = reply.getHeader(name);
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return { status: reply.statusCode, headers: Object.fromEntries(headers), body: JSON.stringify(result) ?? null };
}

/** The content that identifies the request; undefined for a body nested too deep for `JSON.stringify`, which validation rejects anyway. */
function contentOf({ url, body }: AuthenticatedRequest): string | undefined {
  try {
    return JSON.stringify([url, body]);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
