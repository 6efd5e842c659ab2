import { createHash, timingSafeEqual } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RouteNotFoundError, UnauthenticatedError } from '../../common/errors.js';
import { Settings } from '../../config/settings.js';

/** Allows mail providers that send `MAIL_WEBHOOK_TOKEN`. Without the setting the path does not exist. */
@Injectable()
export class MailWebhookGuard implements CanActivate {
  constructor(private readonly settings: Settings) {}

  canActivate(context: ExecutionContext): boolean {
    const token = this.settings.MAIL_WEBHOOK_TOKEN;
    if (token === undefined) throw new RouteNotFoundError();
    const sent = context.switchToHttp().getRequest<FastifyRequest>().headers.authorization ?? '';
    // The scheme's name is case-insensitive (RFC 9110 §11.1).
    const matches = timingSafeEqual(digest(sent.replace(/^bearer +/i, 'Bearer ')), digest(`Bearer ${token}`));
    if (!matches) throw new UnauthenticatedError();
    return true;
  }
}

/** Digests of equal length, whatever was sent. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
