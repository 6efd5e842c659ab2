import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Observable, tap } from 'rxjs';
import { isId } from '../../common/ids.js';
import { SignInExpiredError, SignInNotFoundError } from './errors.js';
import { SignInCookie } from './sign-in-cookie.js';

/** Takes the secret of a sign-in out of the browser once the answer is that it is over: no page can go on with it. */
@Injectable()
export class EndedSignIns implements NestInterceptor {
  constructor(private readonly cookie: SignInCookie) {}

  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const http = context.switchToHttp();
    const [request, reply] = [http.getRequest<FastifyRequest<{ Params: { id?: string } }>>(), http.getResponse<FastifyReply>()];
    const { id = '' } = request.params;
    return next.handle().pipe(
      tap({
        error: (error: unknown) => {
          const isOver = error instanceof SignInExpiredError || error instanceof SignInNotFoundError;
          if (isOver && isId(id)) this.cookie.clear(request, reply, id.toLowerCase());
        },
      }),
    );
  }
}
