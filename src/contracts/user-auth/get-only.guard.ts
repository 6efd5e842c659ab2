import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { MethodNotAllowedError } from '../../common/errors.js';

/** Refuses HEAD for a GET with side effects: HEAD would run the handler, which no client expects (RFC 9110 §9.2.1). */
@Injectable()
export class GetOnly implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (context.switchToHttp().getRequest<FastifyRequest>().method !== 'GET') throw new MethodNotAllowedError(['GET']);
    return true;
  }
}
