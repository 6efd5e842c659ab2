import { type ExecutionContext, createParamDecorator } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** How a limit stands that a request was counted against. */
export interface LimitStanding {
  name: string;
  /** So many within the window. */
  limit: number;
  windowSeconds: number;
  remaining: number;
  /** Until the window ends. */
  resetSeconds: number;
}

/** Where a request comes from: what throttles count by and the audit log keeps. */
export interface Caller {
  /** IP address, seen through trusted proxies only. */
  ip: string;
  userAgent: string | null;
  requestId: string;
  /** Limits it was counted against so far; told to the caller in headers. */
  limits: LimitStanding[];
}

const MAX_USER_AGENT_CHARS = 512;

/** The caller of a request; the same object every time. */
export function callerOf(request: Pick<FastifyRequest, 'ip' | 'headers' | 'id'> & { caller?: Caller }): Caller {
  request.caller ??= {
    ip: request.ip,
    userAgent: request.headers['user-agent']?.slice(0, MAX_USER_AGENT_CHARS) ?? null,
    requestId: request.id,
    limits: [],
  };
  return request.caller;
}

/** Parameter decorator: the request's `Caller`. */
export const From = createParamDecorator((_: unknown, context: ExecutionContext): Caller => callerOf(context.switchToHttp().getRequest()));
