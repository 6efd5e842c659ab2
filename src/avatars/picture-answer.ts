import { StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { RouteNotFoundError } from '../common/errors.js';
import { AVATAR_CONTENT_TYPE, type AvatarsService } from './avatars.service.js';

/** Headers of every picture: it never changes, pages of any origin may show it, and nothing in it is executed. */
const PICTURE_HEADERS = {
  'cache-control': 'public, max-age=31536000, immutable',
  'cross-origin-resource-policy': 'cross-origin',
  'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
} as const;

/**
 * Answers with a picture, or with 304 if the client already has it.
 * @param known the request's `If-None-Match`
 * @throws RouteNotFoundError if the picture does not exist; UnavailableError
 */
export async function answerPicture(
  avatars: AvatarsService,
  file: string,
  known: string | undefined,
  reply: FastifyReply,
): Promise<StreamableFile | undefined> {
  const picture = await avatars.read(file);
  if (picture === null) throw new RouteNotFoundError();
  const tag = `"${file}"`;
  void reply.headers(PICTURE_HEADERS).header('etag', tag);
  if (known?.split(/\s*,\s*/).some((each) => each.replace(/^W\//, '') === tag || each === '*')) {
    void reply.status(304);
    return undefined;
  }
  return new StreamableFile(picture, { type: AVATAR_CONTENT_TYPE, length: picture.length });
}
