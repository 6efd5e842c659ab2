import { isUtf8 } from 'node:buffer';
import { parse as parseForm } from 'node:querystring';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MalformedRequestError, UnsupportedMediaTypeError } from '../common/errors.js';

/** Where forms are read: contracts, the OAuth endpoints whose standards ask for them (RFC 7662 §2.1, RFC 7009 §2.1), and pages. */
const FORM_PREFIXES = ['/contracts/', '/oauth/', '/account/'];

/** Where uploads are read. */
const UPLOAD_ROUTES = ['/v1/users/me/avatar', '/contracts/'];

/** Most fields of a form; more are not read. */
const MAX_FORM_FIELDS = 100;

type Done = (error: Error | null, body?: unknown) => void;

/**
 * Says which bodies are read, in place of the parsers of Fastify and Nest. The core's API takes JSON only: a form or plain text
 * is what a foreign page can make a browser send without asking (CORS "simple requests"). Contracts, the OAuth endpoints and pages
 * take forms as well.
 */
export function useBodyParsers(fastify: FastifyInstance): void {
  fastify.removeContentTypeParser(['application/json', 'text/plain']);
  const parseJson = fastify.getDefaultJsonParser('error', 'error');

  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request: FastifyRequest, body: Buffer, done: Done) => {
    // Many HTTP clients announce JSON on every POST, also where there is nothing to send.
    if (body.length === 0) done(null);
    // Otherwise different bytes would be read as one text, with U+FFFD in it (RFC 8259 §8.1).
    else if (!isUtf8(body)) done(new MalformedRequestError('The request is malformed; its body must be UTF-8.'));
    else void parseJson(request, body.toString('utf8'), done);
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

/** Whether the request is for one of these routes; or for none at all, where what is wrong is the address and not the body. */
function isReadBy(prefixes: readonly string[], { routeOptions: { url } }: FastifyRequest): boolean {
  return url === undefined || prefixes.some((prefix) => url.startsWith(prefix));
}
