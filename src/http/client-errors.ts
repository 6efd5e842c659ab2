import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ErrorCode } from '../common/declared.js';
import type { ErrorRow } from '../common/capability.js';
import { newId } from '../common/ids.js';
import { PROBLEM_MEDIA_TYPE } from '../common/problem.js';

/** Maps error codes of Node's parser to the failures that callers see; all others are malformed requests. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request.timeout',
  HPE_HEADER_OVERFLOW: 'request.headers_too_large',
};

/** A failure of a connection. Node.js adds what it could not read; whoever knows the request adds its `Origin`. */
export interface ConnectionError extends NodeJS.ErrnoException {
  rawPacket?: unknown;
  origin?: string | undefined;
}

/**
 * Answers a request that Node's parser could not read, before any route matches: with problem details as well.
 * @param headersFor headers of every answer, and those that let pages of an origin read it
 */
export function answerUnreadable(
  error: ConnectionError,
  socket: Socket,
  errors: Readonly<Record<ErrorCode, ErrorRow>>,
  headersFor: (origin: string | undefined) => Record<string, string>,
): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const code = CODES[error.code ?? ''] ?? 'request.malformed';
  if (socket.writable) socket.write(toAnswer(code, errors[code], headersFor(originOf(error))));
  // With the error, so that the socket is not reused.
  socket.destroy(error);
}

/** The header `Origin` of the request, as far as it arrived with what could not be read. */
function originOf({ origin, rawPacket }: ConnectionError): string | undefined {
  const [header = ''] = Buffer.isBuffer(rawPacket) ? rawPacket.toString('latin1').split('\r\n\r\n', 1) : [];
  return origin ?? /\r\norigin:[ \t]*([\x21-\x7e]+)[ \t]*(?:\r\n|$)/i.exec(header)?.[1];
}

function toAnswer(code: ErrorCode, { status, title }: ErrorRow, headers: Record<string, string>): string {
  const requestId = newId();
  const body = JSON.stringify({ type: `urn:latchkey:problem:${code}`, title, status, detail: `${title}.`, code, requestId });
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `content-type: ${PROBLEM_MEDIA_TYPE}; charset=utf-8`,
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    'connection: close',
    '',
    body,
  ].join('\r\n');
}
