import { Controller, Get, Headers, type OnModuleInit, Query, Req, Res, UseGuards } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiProduces, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GuardedBy } from '../../common/access.js';
import { ApiProblem } from '../../common/api-problem.js';
import { OAuthClientGuard } from './oauth-client.guard.js';
import { RevocationStreams } from './revocation-streams.service.js';

/** Milliseconds since 1970; receivers treat it as opaque. */
const CURSOR = /^\d{1,16}$/;

const EXAMPLE = `retry: 1000

id: 1763700000123
event: revocation
data: {"sessionId":"019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11","revokedAt":"2026-11-21T04:40:00.123Z"}

id: 1763700000500
event: heartbeat
data: {"at":"2026-11-21T04:40:00.500Z"}
`;

const DESCRIPTION = `For backends that check access tokens themselves: a server-sent event (\`text/event-stream\`) for every session that
ends. Refuse access tokens whose \`sid\` is a reported \`sessionId\`; you may forget an entry once all tokens signed before that time have
expired.

A new stream begins with every ended session that may still matter. A \`heartbeat\` comes at least once a second and confirms that you
have received everything up to \`at\`. **If none comes for 1.5 seconds, stop checking tokens yourself** and introspect them instead.

Reconnect with the last \`id\` as \`Last-Event-ID\` (an \`EventSource\` does so by itself) or as \`?cursor=\`, on any node. Some events
may then be repeated.`;

class FollowRevocations {
  @ApiPropertyOptional({
    description: 'The last `id` that you have seen; the header `Last-Event-ID` takes precedence.',
    example: '1763700000500',
  })
  @IsOptional()
  @Matches(CURSOR, { message: 'Use the id of an event of this stream.' })
  cursor?: string;
}

@ApiTags('Tokens')
@Controller('v1/revocations')
export class RevocationsController implements OnModuleInit {
  constructor(
    private readonly streams: RevocationStreams,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  onModuleInit(): void {
    // Streams never end by themselves, so a stopping server would wait for them forever.
    const fastify = this.adapterHost.httpAdapter?.getInstance<FastifyInstance | undefined>();
    fastify?.addHook('preClose', (done) => {
      this.streams.close();
      done();
    });
  }

  @Get()
  @GuardedBy('oauth-client')
  @UseGuards(OAuthClientGuard)
  @ApiOperation({ operationId: 'followRevocations', summary: 'Follow ended sessions', description: DESCRIPTION })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The last `id` that you have seen.',
    schema: { type: 'string', example: '1763700000500' },
  })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({
    description: 'A stream that continues until either side closes it.',
    content: { 'text/event-stream': { schema: { type: 'string' }, example: EXAMPLE } },
  })
  @ApiProblem('oauth.invalid_client', 'request.invalid', 'request.throttled', 'server.busy')
  async followRevocations(
    @Query() { cursor }: FollowRevocations,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    void reply.type('text/event-stream').header('cache-control', 'no-store').header('x-accel-buffering', 'no');
    // An invalid header counts as missing: repeating revocations is safe.
    const from = lastEventId !== undefined && CURSOR.test(lastEventId) ? lastEventId : cursor;
    await reply.send(request.method === 'HEAD' ? '' : this.streams.open(from === undefined ? null : Number(from)));
  }
}
