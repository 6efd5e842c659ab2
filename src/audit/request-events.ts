import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ErrorKind, ErrorRow } from '../common/capability.js';
import { callerOf } from '../common/caller.js';
import type { AuditAction, ErrorCode } from '../common/declared.js';
import { isId } from '../common/ids.js';
import type { AuthenticatedRequest } from '../common/principal.js';
import { BoundedEvents } from './bounded-events.service.js';

/** Most different reads of administrators that are told apart within a minute. */
const MAX_READS = 600;

/** Reused refresh tokens are recorded with their account, where their session ends. */
const RECORDED_ELSEWHERE: ReadonlySet<ErrorCode> = new Set(['refresh_token.reused']);

/** What the audit log tells of requests themselves: those that were refused, and what administrators read. */
@Injectable()
export class RequestEvents {
  constructor(private readonly events: BoundedEvents) {}

  /** Notes a refusal that is about who asks or how often; other failures are none of the audit log's business. */
  noteFailure(code: ErrorCode, row: ErrorRow, request: FastifyRequest): void {
    const action = actionOf(row, request);
    if (action !== undefined && !RECORDED_ELSEWHERE.has(code)) this.noteRefusal(action, code, request);
  }

  /** Notes a refusal that the answer does not show as a failure. */
  noteRefusal(action: AuditAction, code: ErrorCode, request: FastifyRequest): void {
    const { user } = request as AuthenticatedRequest;
    this.events.note({
      action,
      outcome: 'failure',
      actorId: user?.userId ?? null,
      caller: callerOf(request),
      details: { reason: code },
    });
  }

  /** Notes what administrators read of others, once it was answered. */
  observeReads(fastify: Pick<FastifyInstance, 'addHook'>): void {
    fastify.addHook('onResponse', (request: AuthenticatedRequest, reply, done) => {
      const isRead = request.method === 'GET' || request.method === 'HEAD';
      if (request.asAdministrator === true && isRead && reply.statusCode < 400) this.noteRead(request);
      done();
    });
  }

  private noteRead(request: AuthenticatedRequest): void {
    const parameters: unknown[] = Object.values(request.params ?? {});
    const subjectId = parameters.filter((value) => typeof value === 'string').find(isId) ?? null;
    this.events.note(
      {
        action: 'administration.read',
        outcome: 'success',
        actorId: request.user?.userId ?? null,
        subjectId,
        caller: callerOf(request),
        details: { route: request.routeOptions.url ?? '' },
      },
      MAX_READS,
    );
  }
}

/** By kind of failure; 401 for wrong passwords, codes and backends have events of their own. */
const ACTIONS: Readonly<Partial<Record<ErrorKind, AuditAction>>> = {
  'token-invalid': 'token.refused',
  'token-expired': 'token.refused',
  'token-revoked': 'token.refused',
  'refresh-token-invalid': 'session.refresh_refused',
  throttled: 'request.throttled',
};

function actionOf({ kind, status }: ErrorRow, { headers }: FastifyRequest): AuditAction | undefined {
  if (kind === 'forbidden' && status === 403) return 'access.denied';
  // Something was shown: a secret that opens nothing, or a scheme that nobody takes.
  if (kind === 'token-missing' && headers.authorization !== undefined) return 'token.refused';
  return ACTIONS[kind];
}
