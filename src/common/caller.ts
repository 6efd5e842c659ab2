import { isIP } from 'node:net';
import { type ExecutionContext, createParamDecorator } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** State of a limit after a request was counted. */
export interface LimitStanding {
  name: string;
  /** Maximum number within the window. */
  limit: number;
  windowSeconds: number;
  remaining: number;
  /** Seconds until the window ends. */
  resetSeconds: number;
}

/** Where a request comes from: rate limits count by it, and the audit log records it. */
export interface Caller {
  /** IP address; trusts `X-Forwarded-For` only from trusted proxies. `unknown` if the connection is already closed. */
  ip: string;
  userAgent: string | null;
  /** The header `Accept-Language`, as it was sent. */
  acceptLanguage?: string | undefined;
  requestId: string;
  /** Limits that counted the request so far; the answer reports them in headers. */
  limits: LimitStanding[];
  /** What the header `Proof-Of-Work` says. */
  proofOfWork?: string | undefined;
}

const MAX_USER_AGENT_CHARS = 512;

type CallersRequest = Pick<FastifyRequest, 'ip' | 'socket' | 'headers' | 'id'> & { caller?: Caller };

/** The caller of a request; the same object every time. */
export function callerOf(request: CallersRequest): Caller {
  request.caller ??= {
    ip: addressOf(request),
    userAgent: request.headers['user-agent']?.slice(0, MAX_USER_AGENT_CHARS) ?? null,
    acceptLanguage: request.headers['accept-language'],
    requestId: request.id,
    limits: [],
    proofOfWork: [request.headers['proof-of-work']].flat()[0],
  };
  return request.caller;
}

/** An address with a port, as some proxies write it in X-Forwarded-For. The port differs for each connection. */
const WITH_PORT = /^(?:\[([^\]]+)\]|(\d+\.\d+\.\d+\.\d+))(?::\d+)?$/;

/**
 * If the proxy passes on a value that is no address, its own address is used: rate limits and mails must not use text that a caller can
 * choose.
 */
function addressOf({ ip, socket }: CallersRequest): string {
  const [, v6, v4] = WITH_PORT.exec(ip) ?? [];
  const address = v6 ?? v4 ?? ip;
  return isIP(address) === 0 ? (socket.remoteAddress ?? 'unknown') : address;
}

/** Parameter decorator: the request's `Caller`. */
export const From = createParamDecorator((_: unknown, context: ExecutionContext): Caller => callerOf(context.switchToHttp().getRequest()));
