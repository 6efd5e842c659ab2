import type { FastifyRequest } from 'fastify';

const bodies = new WeakMap<object, Buffer>();

/** Keeps the bytes of a body that its sender has signed. */
export function keepBytes(request: FastifyRequest, body: Buffer): void {
  bodies.set(request.raw, body);
}

/** The bytes of such a body; none of any other. */
export function bytesOf(request: FastifyRequest): Buffer {
  return bodies.get(request.raw) ?? Buffer.alloc(0);
}
