import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type Observable, tap } from 'rxjs';
import { callerOf } from '../../common/caller.js';
import { ProofsOfWork } from './proofs-of-work.service.js';

/** Lets a route ask for a proof of work, and fails one that has forgotten to. */
@Injectable()
export class ProofInterceptor implements NestInterceptor {
  constructor(private readonly proofs: ProofsOfWork) {}

  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const caller = callerOf(context.switchToHttp().getRequest<FastifyRequest>());
    this.proofs.expect(caller);
    return next.handle().pipe(tap(() => this.proofs.demandAsked(caller)));
  }
}
