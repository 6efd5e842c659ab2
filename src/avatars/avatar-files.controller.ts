import { Controller, Get, Header, Headers, Param, Res, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../common/access.js';
import { ApiProblem } from '../common/api-problem.js';
import { RouteNotFoundError } from '../common/errors.js';
import { AVATAR_CONTENT_TYPE, AvatarsService } from './avatars.service.js';

@ApiTags('Users')
@Controller('avatars')
export class AvatarFilesController {
  constructor(private readonly avatars: AvatarsService) {}

  @Get(':file')
  @Public()
  @Header('cache-control', 'public, max-age=31536000, immutable')
  @Header('cross-origin-resource-policy', 'cross-origin')
  @Header('content-security-policy', "default-src 'none'; sandbox; frame-ancestors 'none'")
  @ApiOperation({
    operationId: 'getAvatar',
    summary: 'A picture',
    description: 'Public: apps show it with an `<img>`. The address is made from the content, so it may be cached for ever.',
  })
  @ApiParam({ name: 'file', description: 'As in `avatar.url`.', example: '9b74c9897bac770ffc029102a200c5de.jpg' })
  @ApiProduces('image/jpeg')
  @ApiOkResponse({
    description: 'The picture.',
    headers: {
      ETag: { description: 'For `If-None-Match`.', schema: { type: 'string', example: '"9b74c9897bac770ffc029102a200c5de.jpg"' } },
    },
    content: { 'image/jpeg': { schema: { type: 'string', format: 'binary' }, example: '(the bytes of a JPEG)' } },
  })
  @ApiProblem('route.not_found')
  async get(
    @Param('file') file: string,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    const picture = await this.avatars.read(file);
    if (picture === null) throw new RouteNotFoundError();
    const tag = `"${file}"`;
    void reply.header('etag', tag);
    if (known?.split(/\s*,\s*/).some((each) => each.replace(/^W\//, '') === tag || each === '*')) {
      void reply.status(304);
      return undefined;
    }
    return new StreamableFile(picture, { type: AVATAR_CONTENT_TYPE, length: picture.length });
  }
}
