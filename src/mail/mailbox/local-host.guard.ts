import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RouteNotFoundError } from '../../common/errors.js';
import { Settings } from '../../config/settings.js';

const LOOPBACK = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/;

/**
 * Allows requests to the mailbox only under host names of this machine. Otherwise a web page could point its own host name at the loopback
 * address and read codes and links through its visitor's browser (DNS rebinding).
 */
@Injectable()
export class LocalHostGuard implements CanActivate {
  private readonly publicHost: string;

  constructor(settings: Settings) {
    this.publicHost = new URL(String(settings.PUBLIC_URL)).hostname;
  }

  canActivate(context: ExecutionContext): boolean {
    const { hostname } = context.switchToHttp().getRequest<FastifyRequest>();
    if (hostname !== this.publicHost && !LOOPBACK.test(hostname)) throw new RouteNotFoundError();
    return true;
  }
}
