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

/** Answers a request that Node's parser could not read, before any route matches: with problem details as well. */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket, errors: Readonly<Record<ErrorCode, ErrorRow>>): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const code = CODES[error.code ?? ''] ?? 'request.malformed';
  if (socket.writable) socket.write(toAnswer(code, errors[code]));
  // With the error, so that the socket is not reused.
  socket.destroy(error);
}

function toAnswer(code: ErrorCode, { status, title }: ErrorRow): string {
  const requestId = newId();
  const body = JSON.stringify({ type: `urn:latchkey:problem:${code}`, title, status, detail: `${title}.`, code, requestId });
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `content-type: ${PROBLEM_MEDIA_TYPE}; charset=utf-8`,
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    'x-content-type-options: nosniff',
    'cache-control: no-store',
    'connection: close',
    '',
    body,
  ].join('\r\n');
}
