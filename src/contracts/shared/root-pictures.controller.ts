import { Controller, Get, Headers, Param, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AvatarsService } from '../../avatars/avatars.service.js';
import { answerPicture } from '../../avatars/picture-answer.js';
import { Public } from '../../common/access.js';
import { ApiProblem } from '../../common/api-problem.js';

/**
 * Pictures at `/static` of this server: frontends that resolve `/static/…` of a contract's answer against the origin instead of the base URL
 * look there. It is outside of the contracts, so its failures are problem documents.
 */
@ApiTags('Contracts')
@Controller('static')
export class RootPicturesController {
  constructor(private readonly avatars: AvatarsService) {}

  @Get(':file')
  @Public()
  @ApiOperation({
    operationId: 'getContractPicture',
    summary: 'Read a picture',
    description:
      'Only while the server serves a contract with pictures: they are also found here, where frontends look that resolve their paths against the origin.',
  })
  @ApiParam({ name: 'file', description: 'Name of the file, from `image_file` or `profile_picture`.', example: 'default.jpg' })
  @ApiProduces('image/jpeg')
  @ApiOkResponse({
    description: 'The picture.',
    content: { 'image/jpeg': { schema: { type: 'string', format: 'binary' }, example: '(the bytes of a JPEG)' } },
  })
  @ApiProblem('route.not_found')
  picture(
    @Param('file') file: string,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerPicture(this.avatars, file, known, reply);
  }
}
