import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { callerOf } from '../common/caller.js';
import type { AuthenticatedRequest } from '../common/principal.js';
import { ThrottleService } from './throttle.service.js';

/**
 * Counts what a session tries under `LIMIT_EDITS`, before its body is checked: looking at a new password costs milliseconds. Per session:
 * whoever has stolen one uses up nobody else's tries. Belongs on routes for those who are signed in.
 * @throws ThrottledError
 */
@Injectable()
export class SessionEditsGuard implements CanActivate {
  constructor(private readonly throttle: ThrottleService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (request.user === undefined) return false;
    await this.throttle.take({ limit: 'edit', of: `session:${request.user.sessionId}` }, callerOf(request));
    return true;
  }
}
