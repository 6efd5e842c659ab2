import { type ExecutionContext, Injectable, type Type } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import {
  ACCESS,
  ASSURANCE,
  AUTHORIZATION,
  type Access,
  type DemandedAssurance,
  type Role,
  TOKEN_PLACE,
  type TokenPlace,
  WHILE_RECOVERED,
  tokenIn,
} from '../../common/access.js';
import { AppError, ForbiddenError, UnauthenticatedError } from '../../common/errors.js';
import type { AuthenticatedRequest, Principal } from '../../common/principal.js';
import { Settings } from '../../config/settings.js';
import { AccessTokenStrategy } from './access-token.strategy.js';
import { AssuranceCheck } from './assurance-check.service.js';
import { InvalidTokenError, StepUpRequiredError } from '../access-tokens/errors.js';

/** Methods that change nothing. */
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD']);

type FixedAccess = Exclude<Access, { kind: 'open' }>;

/** The declarations of a route. */
interface Route {
  controller: Type;
  access: FixedAccess | undefined;
  tokenPlace: TokenPlace;
  assurance: DemandedAssurance | undefined;
  whileRecovered: boolean;
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
    private readonly assurance: AssuranceCheck,
  ) {
    // Passes the strategy itself, not its name: passport has one list of names per process, which two servers would share.
    super({ defaultStrategy: forEachRequest(strategy) as never });
  }

  override canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const route = this.routeOf(context);
    const { access, tokenPlace } = route;
    switch (access?.kind) {
      case 'public':
      case 'guarded':
        return true;
      case 'optional':
        if (context.switchToHttp().getRequest<Request>().headers[tokenPlace.header] === undefined) return true;
        break;
      case 'signed-in':
      case 'roles':
        break;
      case undefined:
        throw new ForbiddenError();
    }
    const authenticated = this.authenticate(context, tokenPlace);
    return authenticated === true ? this.admit(route, context) : authenticated.then(() => this.admit(route, context));
  }

  /** What the route demands of a caller whose token is valid. */
  private admit({ access, assurance, whileRecovered }: Route, context: ExecutionContext): true | Promise<true> {
    const request = context.switchToHttp().getRequest<Request>();
    const { user } = request;
    if (user === undefined) throw new UnauthenticatedError();
    if (access?.kind === 'roles') this.demandOneOf(access.roles, user, request);
    // It reads what is its owner's, and nothing of other people's.
    const mayRead = access?.kind !== 'roles' && READING.has(request.method);
    if (user.recovered && !whileRecovered && !mayRead) throw new StepUpRequiredError(2);
    return assurance === undefined || !concerns(assurance, request.body) ? true : this.assurance.demand(user, assurance);
  }

  private demandOneOf(roles: readonly Role[], user: Principal, request: Request): void {
    if (!roles.some((role) => user.roles.includes(role))) throw new ForbiddenError();
    request.asAdministrator = roles.includes('admin') && user.roles.includes('admin');
    if (request.asAdministrator && user.aal < 2 && this.settings.ADMIN_REQUIRES === 'aal2') throw new StepUpRequiredError(2);
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
      assurance: read<DemandedAssurance>(ASSURANCE),
      whileRecovered: read<boolean>(WHILE_RECOVERED) ?? false,
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

/** Whether a request with this body is one of those of which the route demands it. */
function concerns({ whenBodyHas }: DemandedAssurance, body: unknown): boolean {
  return whenBodyHas === undefined || (typeof body === 'object' && body !== null && Object.hasOwn(body, whenBodyHas));
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
