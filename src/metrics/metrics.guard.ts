import { createHash, timingSafeEqual } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RouteNotFoundError, UnauthenticatedError } from '../common/errors.js';
import { Settings } from '../config/settings.js';

/** Lets the scraper in that knows `METRICS_TOKEN`. Without a token there is no such page in production, and a free one elsewhere. */
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
