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
    summary: 'Read a picture',
    description:
      'Public, so that apps can show the picture with an `<img>`. The URL is derived from the content, so clients may cache the picture forever.',
  })
  @ApiParam({ name: 'file', description: 'From `avatar.url`.', example: '9b74c9897bac770ffc029102a200c5de.jpg' })
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
