import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { ACCESS, AUTHORIZATION, type Access, TOKEN_PLACE, type TokenPlace, tokenIn } from '../common/access.js';
import { AppError, ForbiddenError, UnauthenticatedError } from '../common/errors.js';
import type { Principal } from '../common/principal.js';
import { Settings } from '../config/settings.js';
import { AccessTokenStrategy } from './access-token.strategy.js';
import { InvalidTokenError } from './errors.js';

/** Enforces what every route declares about its access. A route that declares nothing lets nobody in. */
@Injectable()
export class AccessGuard extends AuthGuard() {
  constructor(
    private readonly reflector: Reflector,
    private readonly settings: Settings,
    strategy: AccessTokenStrategy,
  ) {
    // The strategy itself, not its name: passport keeps one list of names per process, where two servers would answer for each other.
    super({ defaultStrategy: forEachRequest(strategy) as never });
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.metadata<Access>(ACCESS, context);
    return this.allows(access?.kind === 'open' ? access[this.settings.CONTRACTS_OPEN ? 'open' : 'closed'] : access, context);
  }

  private async allows(access: Exclude<Access, { kind: 'open' }> | undefined, context: ExecutionContext): Promise<boolean> {
    switch (access?.kind) {
      case 'public':
      case 'guarded':
        return true;
      case 'optional': {
        const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
        return headers[this.placeOf(context).header] === undefined || this.authenticate(context);
      }
      case 'signed-in':
        return this.authenticate(context);
      case 'roles': {
        await this.authenticate(context);
        const { user } = context.switchToHttp().getRequest<{ user: Principal }>();
        if (!access.roles.some((role) => user.roles.includes(role))) throw new ForbiddenError();
        return true;
      }
      case undefined:
        throw new ForbiddenError();
    }
  }

  /** Called by passport with what the strategy found. */
  override handleRequest<T>(error: unknown, user: T | false | null | undefined, info: unknown): T {
    if (error !== null && error !== undefined) throw error as Error;
    if (user !== false && user !== null && user !== undefined) return user;
    // The strategy fails with a typed error, or passport-jwt and jsonwebtoken with one of theirs.
    if (info instanceof AppError) throw info;
    if (info instanceof Error && info.message === 'No auth token') throw new UnauthenticatedError();
    throw new InvalidTokenError(info);
  }

  private placeOf(context: ExecutionContext): TokenPlace {
    return this.metadata<TokenPlace>(TOKEN_PLACE, context) ?? AUTHORIZATION;
  }

  private metadata<T>(key: string, context: ExecutionContext): T | undefined {
    return this.reflector.getAllAndOverride<T | undefined>(key, [context.getHandler(), context.getClass()]);
  }

  private async authenticate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest & { token?: string | null }>();
    request.token = tokenIn(request.headers, this.placeOf(context));
    return (await super.canActivate(context)) === true;
  }
}

/** What passport sets on a strategy to be told of the outcome. */
type Outcome = Pick<AccessTokenStrategy, 'success' | 'fail' | 'error' | 'pass' | 'redirect'>;

/**
 * A strategy that runs each request on an object of its own. Passport does so for a strategy that it finds by name; on one that it
 * is handed it just replaces the callbacks, and of two requests at once the second would get the answer of the first.
 */
function forEachRequest(strategy: AccessTokenStrategy): Pick<AccessTokenStrategy, 'authenticate'> {
  return {
    authenticate(this: Outcome, ...call: Parameters<AccessTokenStrategy['authenticate']>): void {
      const { success, fail, error, pass, redirect } = this;
      Object.assign(Object.create(strategy) as AccessTokenStrategy, { success, fail, error, pass, redirect }).authenticate(...call);
    },
  };
}
