import { type ExecutionContext, createParamDecorator } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Role } from './access.js';

/** Who a request is from, as its access token says. */
export interface Principal {
  userId: string;
  sessionId: string;
  /** The app that signed in: `latchkey` for the core's own API, a contract's slug otherwise. */
  clientId: string;
  roles: readonly Role[];
  emailVerified: boolean;
  /** When the access token expires, seconds since 1970. */
  expiresAt: number;
}

/** A request after the access guard. */
export type AuthenticatedRequest = FastifyRequest & { user?: Principal };

/** Parameter decorator: the signed-in caller; undefined only on routes that let strangers in. */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext): Principal | undefined => {
  return context.switchToHttp().getRequest<AuthenticatedRequest>().user;
});
