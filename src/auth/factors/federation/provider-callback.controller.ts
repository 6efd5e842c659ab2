import { Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiConsumes, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../../common/access.js';
import { ApiProblem } from '../../../common/api-problem.js';
import { type Caller, From } from '../../../common/caller.js';
import { BrowserCookie } from '../../sign-in/browser-cookie.js';
import { ProviderCallbacks } from './provider-callbacks.service.js';

const SLUG = { name: 'slug', description: 'Slug of the provider.', example: 'google' };
const BACK = {
  status: 303,
  description: 'Back to the app, with `sign_in` or `identity`, and with `error` if it failed.',
  headers: { location: { description: 'The `returnTo` of the request, with the parameters.', schema: { type: 'string' as const } } },
};
const DESCRIPTION =
  'The redirect URI to enter at the provider. It is for browsers, not for apps: it uses up what the provider sent, and leads back to the app. Only the browser that was sent to the provider may come back.';

/** Where providers send browsers back to. */
@ApiTags('Sign-in')
@Controller('v1/sign-ins/callback')
export class ProviderCallbackController {
  constructor(
    private readonly callbacks: ProviderCallbacks,
    private readonly browserCookie: BrowserCookie,
  ) {}

  @Get(':slug')
  @Public()
  @HttpCode(303)
  @ApiOperation({ operationId: 'receiveProvider', summary: 'Come back from a provider', description: DESCRIPTION })
  @ApiParam(SLUG)
  @ApiResponse(BACK)
  @ApiProblem('provider.not_found', 'sign_in.not_found', 'sign_in.other_browser', 'request.throttled')
  async get(
    @Param('slug') slug: string,
    @From() caller: Caller,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // As it was written: the check of the answer looks at parameters that come twice.
    const sent = new URLSearchParams(request.url.split('?').slice(1).join('?'));
    await this.receive(slug, sent, caller, request, reply);
  }

  @Post(':slug')
  @Public()
  @HttpCode(303)
  @ApiOperation({ operationId: 'receivePostingProvider', summary: 'Come back from a provider that posts a form', description: DESCRIPTION })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiParam(SLUG)
  @ApiResponse(BACK)
  @ApiProblem('provider.not_found', 'sign_in.not_found', 'sign_in.other_browser', 'request.throttled')
  async post(
    @Param('slug') slug: string,
    @From() caller: Caller,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const fields = Object.entries((request.body ?? {}) as Record<string, string | string[]>);
    const sent = new URLSearchParams(fields.flatMap(([name, value]) => [value].flat().map((each): [string, string] => [name, each])));
    await this.receive(slug, sent, caller, request, reply);
  }

  private async receive(slug: string, sent: URLSearchParams, caller: Caller, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const location = await this.callbacks.receive(slug, sent, this.browserCookie.read(request), caller);
    await reply.status(303).headers({ location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }).send();
  }
}
