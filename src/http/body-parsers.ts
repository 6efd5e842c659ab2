import { isUtf8 } from 'node:buffer';
import { parse as parseForm } from 'node:querystring';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MalformedRequestError, UnsupportedMediaTypeError } from '../common/errors.js';
import { keepBytes } from './signed-bodies.js';

/** Paths that accept forms: contracts, the OAuth endpoints whose standards require them (RFC 7662 §2.1, RFC 7009 §2.1), pages, and identity providers that post their answer. */
const FORM_PREFIXES = ['/contracts/', '/oauth/', '/account/', '/v1/sign-ins/callback/'];

/** Paths that accept uploads. */
const UPLOAD_ROUTES = ['/v1/users/me/avatar', '/contracts/'];

/** Paths whose callers sign the bytes of a body, and some of which call JSON plain text (Amazon SNS). */
const SIGNED_ROUTES = ['/v1/mail/bounces/:provider'];

/** Maximum number of fields of a form; further ones are ignored. */
const MAX_FORM_FIELDS = 100;

type Done = (error: Error | null, body?: unknown) => void;

/**
 * Replaces the body parsers of Fastify and Nest. The core's API accepts only JSON, because a foreign page can make a browser send forms and
 * plain text without a preflight (CORS "simple requests"). Contracts, the OAuth endpoints and pages accept forms as well.
 */
export function useBodyParsers(fastify: FastifyInstance): void {
  fastify.removeContentTypeParser(['application/json', 'text/plain']);
  const parseJson = fastify.getDefaultJsonParser('error', 'error');

  const readJson = (request: FastifyRequest, body: Buffer, done: Done): void => {
    if (isReadBy(SIGNED_ROUTES, request)) keepBytes(request, body);
    // Many HTTP clients announce JSON on every POST, even without a body.
    if (body.length === 0) done(null);
    // Otherwise different invalid bytes would decode to the same text with U+FFFD (RFC 8259 §8.1).
    else if (!isUtf8(body)) done(new MalformedRequestError('The request is malformed; its body must be UTF-8.'));
    else void parseJson(request, body.toString('utf8'), done);
  };
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, readJson);

  fastify.addContentTypeParser('text/plain', { parseAs: 'buffer' }, (request: FastifyRequest, body: Buffer, done: Done) => {
    if (isReadBy(SIGNED_ROUTES, request)) readJson(request, body, done);
    else done(new UnsupportedMediaTypeError());
  });

  fastify.addHook('preParsing', (request, _reply, payload, done) => {
    const isUpload = request.headers['content-type']?.toLowerCase().startsWith('multipart/') ?? false;
    done(isUpload && !isReadBy(UPLOAD_ROUTES, request) ? new UnsupportedMediaTypeError() : null, payload);
  });

  fastify.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (request: FastifyRequest, body: string, done: Done) => {
      if (isReadBy(FORM_PREFIXES, request)) done(null, parseForm(body, '&', '=', { maxKeys: MAX_FORM_FIELDS }));
      else done(new UnsupportedMediaTypeError());
    },
  );
}

/** Whether the request is for one of these routes, or for no route: then the answer should complain about the path, not about the body. */
function isReadBy(prefixes: readonly string[], { routeOptions: { url } }: FastifyRequest): boolean {
  return url === undefined || prefixes.some((prefix) => url.startsWith(prefix));
}
