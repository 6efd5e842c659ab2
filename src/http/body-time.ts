import type { IncomingMessage, Server } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** How long the bodies of requests may take to arrive. */
export interface BodyPatience {
  /** Any body, from when its header has been read, ms. */
  bodyTimeoutMs: number;
  /** One that is an upload which somebody reads, from when they begin, ms. */
  uploadTimeoutMs: number;
}

/** What an upload has to bring forward on average while it gets more time than other bodies, bytes per second: a slow phone does. */
const MIN_UPLOAD_BYTES_PER_SECOND = 8 * 1_024;

const watches = new WeakMap<IncomingMessage, BodyWatch>();

/** Gives up requests whose body takes too long. Node knows one time for all of them, which has to be long enough for uploads. */
export function limitBodyTime(fastify: FastifyInstance, patience: BodyPatience): void {
  fastify.addHook('onRequest', ({ raw }, _reply, done) => {
    // Requests that are injected come over no connection.
    if (hasBody(raw) && raw.socket instanceof Socket) watches.set(raw, new BodyWatch(raw, fastify.server, patience));
    done();
  });
}

/**
 * Gives a request the time of an upload, as long as enough of it keeps coming. To be called once its sender is known and there is
 * room for the file, so that nobody else gets it.
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
    // As Node does with a request over its own time; it is answered there.
    else
      this.server.emit(
        'clientError',
        Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }),
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
