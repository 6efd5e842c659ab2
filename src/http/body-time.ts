import type { IncomingMessage, Server } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Time limits for the bodies of requests. */
export interface BodyPatience {
  /** For any body, counted from the end of the header, ms. */
  bodyTimeoutMs: number;
  /** For an upload that a handler reads, counted from the start of reading, ms. */
  uploadTimeoutMs: number;
}

/** Minimum average speed of an upload that gets more time than other bodies, bytes per second; a slow phone reaches it. */
const MIN_UPLOAD_BYTES_PER_SECOND = 8 * 1_024;

const watches = new WeakMap<IncomingMessage, BodyWatch>();

/** Aborts requests whose body takes too long. Node.js has only one limit for all requests, which has to be long enough for uploads. */
export function limitBodyTime(fastify: FastifyInstance, patience: BodyPatience): void {
  fastify.addHook('onRequest', ({ raw }, _reply, done) => {
    // Injected requests have no connection.
    if (hasBody(raw) && raw.socket instanceof Socket) watches.set(raw, new BodyWatch(raw, fastify.server, patience));
    done();
  });
}

/**
 * Extends the time limit of a request to that of an upload, as long as enough bytes keep arriving. Call it only after the sender is
 * authenticated and the file may be stored, so that nobody else gets the extension.
 */
export function waitForUpload({ raw }: FastifyRequest): void {
  watches.get(raw)?.allowUpload();
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0;
}

class BodyWatch {
  private timer: NodeJS.Timeout;
  private uploadEnd = 0;
  private bytesBefore = 0;

  constructor(
    private readonly request: IncomingMessage,
    private readonly server: Server,
    private readonly patience: BodyPatience,
  ) {
    this.timer = this.lookIn(patience.bodyTimeoutMs);
    request.once('close', () => clearTimeout(this.timer));
  }

  allowUpload(): void {
    this.uploadEnd = performance.now() + this.patience.uploadTimeoutMs;
    this.proceed();
  }

  private look(): void {
    if (this.request.complete || this.request.destroyed) return;
    if (this.isUploadInTime()) this.proceed();
    // As Node.js does for a request over its own limit; its handler sends the answer.
    else
      this.server.emit(
        'clientError',
        Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT', origin: this.request.headers.origin }),
        this.request.socket,
      );
  }

  private isUploadInTime(): boolean {
    const enough = (MIN_UPLOAD_BYTES_PER_SECOND * this.patience.bodyTimeoutMs) / 1_000;
    return performance.now() < this.uploadEnd && this.request.socket.bytesRead - this.bytesBefore >= enough;
  }

  private proceed(): void {
    this.bytesBefore = this.request.socket.bytesRead;
    clearTimeout(this.timer);
    this.timer = this.lookIn(Math.min(this.patience.bodyTimeoutMs, this.uploadEnd - performance.now()));
  }

  private lookIn(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.look(), ms).unref();
  }
}
