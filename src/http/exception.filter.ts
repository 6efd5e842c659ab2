import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorCode } from '../common/declared.js';
import type { ErrorRow } from '../common/capability.js';
import {
  AppError,
  MalformedRequestError,
  MethodNotAllowedError,
  RouteNotFoundError,
  TooLargeError,
  UnavailableError,
  UnsupportedMediaTypeError,
} from '../common/errors.js';
import { PROBLEM_MEDIA_TYPE, toProblem } from '../common/problem.js';
import { varyByLanguage } from '../languages/vary.js';
import { negotiate } from '../languages/locales.js';
import type { ProblemTexts } from '../languages/problem-texts.js';
import { pathOf } from './request-log.js';

/** Writes a failure in one wire format. */
export type FailureRenderer = (error: AppError, request: FastifyRequest, reply: FastifyReply) => void;

/** Is told of a failure before it is answered. */
export type FailureObserver = (code: ErrorCode, row: ErrorRow, request: FastifyRequest) => void;

/** Turns an error of a library into an expected failure, or leaves it alone. */
export type FailureTranslator = (error: unknown) => AppError | undefined;

/** An unexpected failure; the cause is only logged. */
class UnexpectedError extends AppError {
  override readonly code = 'server.error';
  constructor(cause: unknown) {
    super('Something went wrong on our side.', { cause });
  }
}

class RequestTimeoutError extends AppError {
  override readonly code = 'request.timeout';
}

/**
 * Turns every failure into an answer: failures of controllers, guards and pipes, and failures before any controller (malformed JSON,
 * unknown path, wrong method). The path's prefix selects the wire format.
 */
@Catch()
export class ExceptionRenderer implements ExceptionFilter {
  private readonly logger = new Logger('Http');
  private observer: FailureObserver | undefined;

  /**
   * @param errors row of every expected failure
   * @param contracts renderers of other wire formats by path prefix (`/contracts/<slug>`)
   * @param translators called in order for errors that are not an `AppError`
   * @param allowedMethods returns the methods that the path of a URL answers
   * @param texts the sentences of failures in other languages
   */
  constructor(
    private readonly errors: Readonly<Record<ErrorCode, ErrorRow>>,
    private readonly contracts: ReadonlyMap<string, FailureRenderer>,
    private readonly translators: readonly FailureTranslator[],
    private readonly allowedMethods: (url: string) => readonly string[],
    private readonly texts: ProblemTexts,
  ) {}

  /** Calls `observer` with every failure that is answered. */
  observe(observer: FailureObserver): void {
    this.observer = observer;
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.render(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** Answers a request with its failure, and logs failures of the server. */
  render(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const failure = this.toFailure(error, request);
    this.log(failure, request);
    this.observer?.(failure.code, this.errors[failure.code], request);
    if (reply.sent) return;
    if (failure.retryAfterSeconds !== undefined) void reply.header('retry-after', String(Math.ceil(failure.retryAfterSeconds)));
    if (failure instanceof MethodNotAllowedError) void reply.header('allow', failure.allowed.join(', '));
    this.rendererFor(request)(failure, request, reply);
  }

  private log(failure: AppError, request: FastifyRequest): void {
    const { status } = this.errors[failure.code];
    if (status < 500) return;
    const about = { code: failure.code, requestId: request.id, method: request.method, path: pathOf(request.url), err: failure.cause };
    if (failure.code === 'server.error') this.logger.error({ msg: 'Unexpected failure', ...about });
    else this.logger.warn({ msg: failure.message, ...about });
  }

  private rendererFor(request: FastifyRequest): FailureRenderer {
    // The route's own spelling, if a route matched: `//contracts/…` and `/%63ontracts/…` are the same.
    const url = request.routeOptions.url ?? plainPath(request.url);
    for (const [prefix, renderer] of this.contracts) {
      if (url.startsWith(prefix) && /^(?:$|[/?;])/.test(url.slice(prefix.length))) return renderer;
    }
    return (error, about, reply) => this.renderProblem(error, about, reply);
  }

  /** The core's own format: `application/problem+json` (RFC 9457), in the language that the caller asks for. */
  private renderProblem(error: AppError, request: FastifyRequest, reply: FastifyReply): void {
    const row = this.errors[error.code];
    const { status } = row;
    if (status === 401) void reply.header('www-authenticate', error.challenge ?? challengeFor(error.code));
    varyByLanguage(reply);
    const locale = negotiate(request.headers['accept-language']);
    const translated = locale === null ? null : this.texts.translate(error, locale);
    if (locale !== null && translated !== null) void reply.header('content-language', locale);
    void reply
      .status(status)
      .header('cache-control', 'no-store')
      .type(`${PROBLEM_MEDIA_TYPE}; charset=utf-8`)
      .send(JSON.stringify({ ...toProblem(error, row, request.id), ...translated }));
  }

  private toFailure(error: unknown, request: FastifyRequest): AppError {
    if (error instanceof AppError) return error;
    // The caller disconnected in the middle of the body: nobody reads the answer, and the server did nothing wrong.
    if (request.raw.aborted || (error instanceof Error && error.message === 'aborted'))
      return new MalformedRequestError('The request was broken off.');
    for (const translate of this.translators) {
      const failure = translate(error);
      if (failure !== undefined) return failure;
    }
    switch (statusOf(error)) {
      case 400:
        return new MalformedRequestError(messageOf(error), { cause: error });
      case 404: {
        const allowed = this.allowedMethods(request.url);
        return allowed.length > 0 ? new MethodNotAllowedError(allowed) : new RouteNotFoundError();
      }
      case 408:
        return new RequestTimeoutError('The request took too long to arrive.', { cause: error });
      // A path segment is longer than any of our names, or leads out of a folder of static files.
      case 403:
      case 414:
        return new RouteNotFoundError();
      case 413:
        return new TooLargeError('The body is larger than this address accepts.', { cause: error });
      case 415:
        return new UnsupportedMediaTypeError(undefined, error);
      case 503:
        return new UnavailableError(2, error);
      default:
        return statusOf(error) < 500
          ? new MalformedRequestError('The request cannot be answered.', { cause: error })
          : new UnexpectedError(error);
    }
  }
}

/** The path of a URL in the spelling of routes; unchanged if it cannot be decoded. */
function plainPath(url: string): string {
  const path = pathOf(url).replaceAll(/\/{2,}/g, '/');
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** The scheme that a protected resource requires, and why it refused a token (RFC 6750 §3; for OAuth clients RFC 6749 §5.2). */
function challengeFor(code: ErrorCode): string {
  if (code === 'oauth.invalid_client') return 'Basic realm="latchkey", charset="UTF-8"';
  return code.startsWith('token.') ? 'Bearer error="invalid_token"' : 'Bearer';
}

/** An error of Fastify about the URL, not about the body. */
function messageOf(error: unknown): string {
  const inAddress = (error as { code?: unknown } | null)?.code === 'FST_ERR_BAD_URL';
  return inAddress ? 'The address is malformed; check its %-escapes.' : 'The request is malformed; its body must be valid JSON.';
}

function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  // Errors of Fastify's own (body too large, bad JSON) carry `statusCode`.
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : 500;
}
