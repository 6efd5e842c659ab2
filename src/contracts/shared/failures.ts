import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
  UseInterceptors,
  applyDecorators,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { CATALOGUE } from '../../capabilities.js';
import type { ErrorCode, FieldRule } from '../../common/declared.js';
import { type AppError, InvalidRequestError } from '../../common/errors.js';
import type { FailureRenderer } from '../../http/exception.filter.js';
import { schemaOf } from './api-answer.js';
import type { ErrorKind } from '../../common/capability.js';

/** An answer to a failure, in a contract's envelope. */
export interface Failure {
  status: number;
  body: object;
}

/** The answer to a failure, if it depends on the error or the request. */
export type FailureOf = (error: AppError, request: FastifyRequest) => Failure;

/** Answers by error code. */
export type FailuresByCode = Partial<Record<ErrorCode, Failure | FailureOf>>;

/** A contract's error table: one answer for each kind of failure, and special ones for single codes. */
export interface FailureTable {
  kinds: Record<ErrorKind, Failure | FailureOf>;
  codes?: FailuresByCode;
}

const OPERATION_FAILURES = 'latchkey:operation-failures';

type RequestOfOperation = FastifyRequest & { failures?: FailuresByCode | undefined };

/** Looks up the operation's own error table, if it has one, before that of its contract. */
@Injectable()
class OperationFailures implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<RequestOfOperation>();
    request.failures = this.reflector.get<FailuresByCode | undefined>(OPERATION_FAILURES, context.getHandler());
    return next.handle();
  }
}

/** Declares answers to failures that differ from the contract's table; also documents the fixed ones. */
export function FailsWith(failures: FailuresByCode) {
  const fixed = Object.values(failures).filter((failure): failure is Failure => typeof failure === 'object');
  return applyDecorators(SetMetadata(OPERATION_FAILURES, failures), UseInterceptors(OperationFailures), ApiFailures(...fixed));
}

const DOCUMENTED_FAILURES = 'latchkey:documented-failures';

/**
 * Documents failures of an operation, or of all operations of a controller: one response per status, with an example for each failure.
 * Several uses add up; with Swagger's own decorator the last one of a status would replace the others.
 */
export function ApiFailures(...failures: Failure[]): ClassDecorator & MethodDecorator {
  return (target: object, key?: string | symbol, descriptor?: PropertyDescriptor) => {
    const place = (descriptor?.value ?? target) as object;
    const before = (Reflect.getOwnMetadata(DOCUMENTED_FAILURES, place) ?? []) as readonly Failure[];
    const all = [...new Map([...before, ...failures].map((each) => [JSON.stringify(each), each])).values()];
    const added = all.slice(before.length);
    Reflect.defineMetadata(DOCUMENTED_FAILURES, all, place);
    for (const status of new Set(added.map((each) => each.status))) {
      const ofStatus = (some: readonly Failure[]): object[] => some.filter((each) => each.status === status).map(({ body }) => body);
      const same = ofStatus(all);
      const document = ApiResponse({
        status,
        // Swagger appends it to the previous description of the response.
        description: ofStatus(added).map(messageOf).join(' · '),
        content: {
          'application/json': {
            schema: schemaOf(same),
            examples: Object.fromEntries(same.map((body, index) => [`${index + 1}`, { summary: messageOf(body), value: body }])),
          },
        },
      });
      document(target, key as string, descriptor as PropertyDescriptor);
    }
  };
}

/** Failures that no contract's document tells from others. */
const TOLD: Partial<Record<ErrorCode, ErrorCode>> = {
  'user.email_unproven': 'user.email_taken',
  'user.mobile_unproven': 'user.mobile_taken',
};

/** Writes failures by a contract's table. */
export function renderFailuresBy({ kinds, codes = {} }: FailureTable): FailureRenderer {
  return (error: AppError, request: RequestOfOperation, reply: FastifyReply): void => {
    const code = TOLD[error.code] ?? error.code;
    const found = request.failures?.[code] ?? codes[code] ?? kinds[CATALOGUE.errors[error.code].kind];
    const { status, body } = typeof found === 'function' ? found(error, request) : found;
    if (status === 401) void reply.header('www-authenticate', 'Bearer');
    void reply.status(status).header('cache-control', 'no-store').type('application/json; charset=utf-8').send(JSON.stringify(body));
  };
}

/** Whether a field breaks the rule of this name. */
export function breaksRule(error: AppError, rule: FieldRule): boolean {
  return error instanceof InvalidRequestError && error.problems.some((problem) => problem.rule === rule);
}

/** The sentence in a body, under any of the contracts' names. */
function messageOf(body: object): string {
  const { message, msg } = body as { message?: string; msg?: string };
  return message ?? msg ?? 'Failure';
}
