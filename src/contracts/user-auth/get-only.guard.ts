import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { MethodNotAllowedError } from '../../common/errors.js';

/** For a GET that changes something: HEAD would run it, and nobody who sends HEAD expects that (RFC 9110 §9.2.1). */
@Injectable()
export class GetOnly implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (context.switchToHttp().getRequest<FastifyRequest>().method !== 'GET') throw new MethodNotAllowedError(['GET']);
    return true;
  }
}
