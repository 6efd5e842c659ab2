import { Controller, Get, Headers, Param, Res, type StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../common/access.js';
import { ApiProblem } from '../common/api-problem.js';
import { AvatarsService } from './avatars.service.js';
import { answerPicture } from './picture-answer.js';

@ApiTags('Users')
@Controller('avatars')
export class AvatarFilesController {
  constructor(private readonly avatars: AvatarsService) {}

  @Get(':file')
  @Public()
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
  get(
    @Param('file') file: string,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    return answerPicture(this.avatars, file, known, reply);
  }
}
