import { isIP } from 'node:net';
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
  /** IP address, seen through trusted proxies only; `unknown` of a connection that is gone already. */
  ip: string;
  userAgent: string | null;
  requestId: string;
  /** Limits it was counted against so far; told to the caller in headers. */
  limits: LimitStanding[];
}

const MAX_USER_AGENT_CHARS = 512;

type CallersRequest = Pick<FastifyRequest, 'ip' | 'socket' | 'headers' | 'id'> & { caller?: Caller };

/** The caller of a request; the same object every time. */
export function callerOf(request: CallersRequest): Caller {
  request.caller ??= {
    ip: addressOf(request),
    userAgent: request.headers['user-agent']?.slice(0, MAX_USER_AGENT_CHARS) ?? null,
    requestId: request.id,
    limits: [],
  };
  return request.caller;
}

/** An address as some proxies write it in X-Forwarded-For: with a port, which is another one for each connection. */
const WITH_PORT = /^(?:\[([^\]]+)\]|(\d+\.\d+\.\d+\.\d+))(?::\d+)?$/;

/** The proxy's own address where it passes on what is none: throttles must not count by, nor mails show, whatever somebody writes. */
function addressOf({ ip, socket }: CallersRequest): string {
  const [, v6, v4] = WITH_PORT.exec(ip) ?? [];
  const address = v6 ?? v4 ?? ip;
  return isIP(address) === 0 ? (socket.remoteAddress ?? 'unknown') : address;
}

/** Parameter decorator: the request's `Caller`. */
export const From = createParamDecorator((_: unknown, context: ExecutionContext): Caller => callerOf(context.switchToHttp().getRequest()));
