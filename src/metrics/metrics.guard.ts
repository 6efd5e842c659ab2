import { createHash, timingSafeEqual } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RouteNotFoundError, UnauthenticatedError } from '../common/errors.js';
import { Settings } from '../config/settings.js';

/** Allows scrapers that send `METRICS_TOKEN`. Without the setting the page does not exist in production, and is open elsewhere. */
@Injectable()
export class MetricsGuard implements CanActivate {
  constructor(private readonly settings: Settings) {}

  canActivate(context: ExecutionContext): boolean {
    const { METRICS_TOKEN: token, NODE_ENV: environment } = this.settings;
    if (token === undefined) {
      if (environment === 'production') throw new RouteNotFoundError();
      return true;
    }
    const sent = context.switchToHttp().getRequest<FastifyRequest>().headers.authorization ?? '';
    if (!timingSafeEqual(digest(sent), digest(`Bearer ${token}`))) throw new UnauthenticatedError();
    return true;
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
