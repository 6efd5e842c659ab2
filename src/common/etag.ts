import { type ExecutionContext, createParamDecorator } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** The entity tag of a version of a resource (RFC 9110 §8.8.3); strong, because every edit creates another version. */
export function toEtag(version: number): string {
  return `"${version}"`;
}

/** Entity tags as `toEtag` writes them. Weak ones do not count (RFC 9110 §13.1.1). */
const VERSION_TAG = /(?<!W\/)"([1-9]\d{0,9})"/g;

/**
 * The versions that an `If-Match` names (RFC 9110 §13.1.1); empty if it is malformed. Undefined if any version matches: without the header,
 * and for `*`.
 */
export function readIfMatch(header: string | undefined): number[] | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  return [...header.matchAll(VERSION_TAG)].map(([, version]) => Number(version));
}

/** Parameter decorator: the versions that the caller's edit is based on; see `readIfMatch`. */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): number[] | undefined => {
  return readIfMatch(context.switchToHttp().getRequest<FastifyRequest>().headers['if-match']);
});

/** The header `ETag` of an answer, for its documentation. */
export const ETAG_HEADER = {
  ETag: { description: 'The version, for `If-Match` of an edit.', schema: { type: 'string', example: '"3"' } },
} as const;

/** The header `If-Match` of a request, for its documentation. */
export const IF_MATCH_HEADER = {
  name: 'If-Match',
  required: false,
  description:
    'The `ETag` of the version that you edited: if somebody edited the resource since, the server changes nothing and answers 412.',
  schema: { type: 'string', example: '"3"' },
} as const;
