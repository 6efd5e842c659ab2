import { type ExecutionContext, createParamDecorator } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** Where a request comes from: what throttles count by and the audit log keeps. */
export interface Caller {
  /** IP address, seen through trusted proxies only. */
  ip: string;
  userAgent: string | null;
  requestId: string;
}

const MAX_USER_AGENT_CHARS = 512;

/** The caller of a request. */
export function callerOf(request: Pick<FastifyRequest, 'ip' | 'headers' | 'id'>): Caller {
  const userAgent = request.headers['user-agent'];
  return { ip: request.ip, userAgent: userAgent?.slice(0, MAX_USER_AGENT_CHARS) ?? null, requestId: request.id };
}

/** Parameter decorator: the request's `Caller`. */
export const From = createParamDecorator((_: unknown, context: ExecutionContext): Caller => callerOf(context.switchToHttp().getRequest()));
