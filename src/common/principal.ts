import { type ExecutionContext, createParamDecorator } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { AssuranceLevel, Role } from './access.js';

/** `client_id` of sessions that the core's own API opens. */
export const CORE_CLIENT_ID = 'latchkey';

/** The caller of a request according to its access token. */
export interface Principal {
  userId: string;
  sessionId: string;
  /** The API that opened the session: `CORE_CLIENT_ID` for the core's own API, otherwise a contract's slug. */
  clientId: string;
  /** Without elevated ones unless the core's own API opened the session. */
  roles: readonly Role[];
  emailVerified: boolean;
  /** How sure the server was of the caller when the token was signed. */
  aal: AssuranceLevel;
  /** When the caller last showed a proof, seconds since 1970; 0 if the token does not tell. */
  authTime: number;
  /** Whether a recovery code opened the session: it may read, and replace authenticators, until a factor is shown. */
  recovered: boolean;
  /** When the access token expires, seconds since 1970. */
  expiresAt: number;
}

/** A request after the access guard. */
export type AuthenticatedRequest = FastifyRequest & {
  user?: Principal;
  /** Whether it was let in as an administrator's. */
  asAdministrator?: boolean;
};

/** Parameter decorator: the signed-in caller; undefined only on routes that allow anonymous callers. */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext): Principal | undefined => {
  return context.switchToHttp().getRequest<AuthenticatedRequest>().user;
});
