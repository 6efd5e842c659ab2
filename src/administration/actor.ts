import { type ExecutionContext, createParamDecorator } from '@nestjs/common';
import { callerOf } from '../common/caller.js';
import type { AuthenticatedRequest, Principal } from '../common/principal.js';
import type { Actor } from './user-administration.service.js';

/** Parameter decorator: the administrator who sends the request, with the client's address. */
export const By = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const request = context.switchToHttp().getRequest<AuthenticatedRequest & { user: Principal }>();
  return { principal: request.user, actorId: request.user.userId, caller: callerOf(request) };
});
