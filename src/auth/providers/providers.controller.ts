import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { OptionallySignedIn, Roles } from '../../common/access.js';
import { ADMIN_ONLY, ApiProblem } from '../../common/api-problem.js';
import { type Caller, From } from '../../common/caller.js';
import { ETAG_HEADER, IF_MATCH_HEADER, IfMatch, toEtag } from '../../common/etag.js';
import { CurrentUser, type Principal } from '../../common/principal.js';
import { CreateProvider, UpdateProvider } from './dto/provider.dto.js';
import { ProviderInListView, ProviderView, toListedProvider, toProviderView } from './dto/provider.view.js';
import type { Provider } from './provider.js';
import { ProvidersService } from './providers.service.js';

const ID = { name: 'id', format: 'uuid', description: 'The provider.', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11' };

/** Identity providers: the public list for sign-in pages, and setting them up. */
@ApiTags('Providers')
@Controller('v1/providers')
export class ProvidersController {
  constructor(private readonly providers: ProvidersService) {}

  @Get()
  @OptionallySignedIn()
  @ApiOperation({
    operationId: 'listProviders',
    summary: 'List the providers',
    description:
      'The enabled ones, for buttons on a sign-in page. With the access token of an administrator: all of them, with their settings but without their secrets.',
  })
  @ApiOkResponse({ type: [ProviderInListView], description: 'The providers, in the order in which they were set up.' })
  @ApiProblem('access.unauthenticated', 'token.invalid', 'token.expired', 'token.revoked')
  async list(@CurrentUser() user: Principal | undefined): Promise<ProviderInListView[]> {
    const isAdministrator = user?.roles.includes('admin') ?? false;
    const providers = await this.providers.list({ enabledOnly: !isAdministrator });
    return providers.map((provider) => (isAdministrator ? this.view(provider) : toListedProvider(provider)));
  }

  @Get(':id')
  @Roles('admin')
  @ApiOperation({ operationId: 'getProvider', summary: 'Read a provider', description: 'Without its secret.' })
  @ApiParam(ID)
  @ApiOkResponse({ type: ProviderView, description: 'The provider.', headers: ETAG_HEADER })
  @ApiProblem('provider.not_found', 'route.not_found', ...ADMIN_ONLY)
  async get(@Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<ProviderView> {
    return this.show(await this.providers.getById(id), reply);
  }

  @Post()
  @Roles('admin')
  @ApiOperation({
    operationId: 'createProvider',
    summary: 'Set up a provider',
    description:
      'With a `preset` the server knows the rest: send `slug`, `clientId` and `clientSecret`. Otherwise any OpenID provider by its `issuer`, or a plain OAuth 2 provider by its `endpoints`. Enter the `redirectUri` of the answer at the provider.',
  })
  @ApiCreatedResponse({ type: ProviderView, description: 'The provider, without its secret.', headers: ETAG_HEADER })
  @ApiProblem('provider.slug_taken', ...ADMIN_ONLY)
  async create(
    @Body() body: CreateProvider,
    @CurrentUser() { userId: actorId }: Principal,
    @From() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProviderView> {
    return this.show(await this.providers.create(body, { actorId, caller }), reply);
  }

  @Patch(':id')
  @Roles('admin')
  @ApiOperation({
    operationId: 'updateProvider',
    summary: 'Change a provider',
    description: 'Changes all fields that are sent, or none of them. One that moves to another address needs its secret again.',
  })
  @ApiParam(ID)
  @ApiHeader(IF_MATCH_HEADER)
  @ApiOkResponse({ type: ProviderView, description: 'The changed provider.', headers: ETAG_HEADER })
  @ApiProblem('provider.not_found', 'provider.from_settings', 'route.not_found', 'request.precondition_failed', ...ADMIN_ONLY)
  async update(
    @Param('id') id: string,
    @Body() body: UpdateProvider,
    @IfMatch() versions: number[] | undefined,
    @CurrentUser() { userId: actorId }: Principal,
    @From() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProviderView> {
    return this.show(await this.providers.update(id, body, { actorId, caller }, versions), reply);
  }

  @Delete(':id')
  @Roles('admin')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'deleteProvider',
    summary: 'Delete a provider',
    description: 'Only while no account signs in by it; one that accounts use can be disabled.',
  })
  @ApiParam(ID)
  @ApiHeader(IF_MATCH_HEADER)
  @ApiNoContentResponse({ description: 'The provider is deleted.' })
  @ApiProblem(
    'provider.not_found',
    'provider.in_use',
    'provider.from_settings',
    'route.not_found',
    'request.precondition_failed',
    ...ADMIN_ONLY,
  )
  async delete(
    @Param('id') id: string,
    @IfMatch() versions: number[] | undefined,
    @CurrentUser() { userId: actorId }: Principal,
    @From() caller: Caller,
  ): Promise<void> {
    await this.providers.delete(id, { actorId, caller }, versions);
  }

  private show(provider: Provider, reply: FastifyReply): ProviderView {
    void reply.header('etag', toEtag(provider.version));
    return this.view(provider);
  }

  private view(provider: Provider): ProviderView {
    return toProviderView(provider, this.providers.redirectUriOf(provider));
  }
}
