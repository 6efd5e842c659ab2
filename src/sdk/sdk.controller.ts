import { Controller, Get, Headers, Res, StreamableFile, applyDecorators } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../common/access.js';
import { ApiProblem } from '../common/api-problem.js';
import { PackageFiles } from './package-files.service.js';

const GZIP = 'application/gzip';

/** What both routes document. */
const Packed = (name: string, operationId: string, purpose: string) =>
  applyDecorators(
    Get(`${name}.tgz`),
    Public(),
    ApiOperation({
      operationId,
      summary: `Download @latchkey/${name}`,
      description: `${purpose} Install it with \`npm install <this server>/sdk/${name}.tgz\`. After an upgrade of the server, run that again: npm refuses another content under the address in its lock file. Served where the setting \`DOCS\` is on.`,
    }),
    ApiProduces(GZIP),
    ApiOkResponse({
      description: 'The package, as `npm pack` makes it.',
      headers: {
        ETag: { description: 'For `If-None-Match`.', schema: { type: 'string', example: '"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"' } },
      },
      content: { [GZIP]: { schema: { type: 'string', format: 'binary' }, example: '(the bytes of a package)' } },
    }),
    ApiProblem('sdk.not_built'),
  );

/** The server's own client libraries. */
@ApiTags('Packages')
@Controller('sdk')
export class SdkController {
  constructor(private readonly files: PackageFiles) {}

  @Packed('client', 'downloadClientPackage', 'The SDK for browsers, React and servers that render pages.')
  client(@Headers('if-none-match') known: string | undefined, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.answer('client', known, reply);
  }

  @Packed('verifier', 'downloadVerifierPackage', 'Checks access tokens in other backends.')
  verifier(@Headers('if-none-match') known: string | undefined, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.answer('verifier', known, reply);
  }

  private async answer(name: string, known: string | undefined, reply: FastifyReply): Promise<StreamableFile | undefined> {
    const { bytes, etag } = await this.files.read(name);
    // Asked for again each time: another version has the same address.
    void reply.header('etag', etag).header('cache-control', 'public, no-cache');
    if (known?.split(/\s*,\s*/).some((each) => each.replace(/^W\//, '') === etag || each === '*')) {
      void reply.status(304);
      return undefined;
    }
    return new StreamableFile(bytes, { type: GZIP, length: bytes.length, disposition: `attachment; filename="latchkey-${name}.tgz"` });
  }
}
