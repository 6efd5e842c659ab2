import { type ExecutionContext, Injectable, type Type } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import { ACCESS, AUTHORIZATION, type Access, type Role, TOKEN_PLACE, type TokenPlace, tokenIn } from '../../common/access.js';
import { AppError, ForbiddenError, UnauthenticatedError } from '../../common/errors.js';
import type { AuthenticatedRequest } from '../../common/principal.js';
import { Settings } from '../../config/settings.js';
import { AccessTokenStrategy } from './access-token.strategy.js';
import { InvalidTokenError } from '../access-tokens/errors.js';

type FixedAccess = Exclude<Access, { kind: 'open' }>;

/** The declarations of a route. */
interface Route {
  controller: Type;
  access: FixedAccess | undefined;
  tokenPlace: TokenPlace;
}

type Request = AuthenticatedRequest & { token?: string | null };

/** Enforces the declared access of every route. A route without a declaration refuses every caller. */
@Injectable()
export class AccessGuard extends AuthGuard() {
  private readonly routes = new WeakMap<ReturnType<ExecutionContext['getHandler']>, Route>();

  constructor(
    private readonly reflector: Reflector,
    private readonly settings: Settings,
    private readonly strategy: AccessTokenStrategy,
  ) {
    // Passes the strategy itself, not its name: passport has one list of names per process, which two servers would share.
    super({ defaultStrategy: forEachRequest(strategy) as never });
  }

  override canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const { access, tokenPlace } = this.routeOf(context);
    switch (access?.kind) {
      case 'public':
      case 'guarded':
        return true;
      case 'optional': {
        const { headers } = context.switchToHttp().getRequest<Request>();
        return headers[tokenPlace.header] === undefined || this.authenticate(context, tokenPlace);
      }
      case 'signed-in':
        return this.authenticate(context, tokenPlace);
      case 'roles': {
        const authenticated = this.authenticate(context, tokenPlace);
        const demandRole = (): true => demandOneOf(access.roles, context);
        return authenticated === true ? demandRole() : authenticated.then(demandRole);
      }
      case undefined:
        throw new ForbiddenError();
    }
  }

  /** Called by passport with the result of the strategy. */
  override handleRequest<T>(error: unknown, user: T | false | null | undefined, info: unknown): T {
    if (error !== null && error !== undefined) throw error as Error;
    if (user !== false && user !== null && user !== undefined) return user;
    // The strategy fails with a typed error, passport-jwt and jsonwebtoken with their own.
    if (info instanceof AppError) throw info;
    if (info instanceof Error && info.message === 'No auth token') throw new UnauthenticatedError();
    throw new InvalidTokenError(info);
  }

  /** Read once, because reading a route's metadata took a fifth of a cheap request. */
  private routeOf(context: ExecutionContext): Route {
    const handler = context.getHandler();
    const controller = context.getClass();
    const known = this.routes.get(handler);
    if (known?.controller === controller) return known;
    const read = <T>(key: string): T | undefined => this.reflector.getAllAndOverride<T | undefined>(key, [handler, controller]);
    const access = read<Access>(ACCESS);
    const route = {
      controller,
      access: access?.kind === 'open' ? access[this.settings.CONTRACTS_OPEN ? 'open' : 'closed'] : access,
      tokenPlace: read<TokenPlace>(TOKEN_PLACE) ?? AUTHORIZATION,
    };
    this.routes.set(handler, route);
    return route;
  }

  private authenticate(context: ExecutionContext, place: TokenPlace): true | Promise<true> {
    const request = context.switchToHttp().getRequest<Request>();
    const token = tokenIn(request.headers, place);
    // Most requests have a token that passport-jwt has verified before; skipping passport makes them a tenth quicker.
    const principal = this.strategy.recall(token);
    if (principal !== undefined) {
      request.user = principal;
      return true;
    }
    request.token = token;
    return this.authenticateByPassport(context);
  }

  private async authenticateByPassport(context: ExecutionContext): Promise<true> {
    await super.canActivate(context);
    return true;
  }
}

function demandOneOf(roles: readonly Role[], context: ExecutionContext): true {
  const request = context.switchToHttp().getRequest<Request>();
  const { user } = request;
  if (user === undefined || !roles.some((role) => user.roles.includes(role))) throw new ForbiddenError();
  request.asAdministrator = roles.includes('admin') && user.roles.includes('admin');
  return true;
}

/** Callbacks that passport sets on a strategy. */
type Outcome = Pick<AccessTokenStrategy, 'success' | 'fail' | 'error' | 'pass' | 'redirect'>;

/**
 * A strategy that handles each request on a separate object. Passport does so for a strategy that it finds by name; on a passed instance it
 * only replaces the callbacks, so that one of two concurrent requests would get the result of the other.
 */
function forEachRequest(strategy: AccessTokenStrategy): Pick<AccessTokenStrategy, 'authenticate'> {
  return {
    authenticate(this: Outcome, ...call: Parameters<AccessTokenStrategy['authenticate']>): void {
      const { success, fail, error, pass, redirect } = this;
      Object.assign(Object.create(strategy) as AccessTokenStrategy, { success, fail, error, pass, redirect }).authenticate(...call);
    },
  };
}
