import { Controller, Get, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { GuardedBy, Public } from '../../common/access.js';
import { ApiProblem } from '../../common/api-problem.js';
import { type Caller, From } from '../../common/caller.js';
import { Settings } from '../../config/settings.js';
import { RevocationsService } from '../access-tokens/revocations.service.js';
import { IntrospectionView, OAuthTokenForm, ServerMetadataView } from './dto/oauth.dto.js';
import { OAuthClientGuard } from './oauth-client.guard.js';
import { FormToken } from './oauth-form.js';
import { OAuthService } from './oauth.service.js';

const FORM = 'application/x-www-form-urlencoded';

const TOKEN = 'lkr_AZqfPmwbfD6m0F8PbzsaEQAAAAB…';

const EXAMPLES = {
  basic: { summary: 'With HTTP Basic', value: { token: TOKEN } },
  form: { summary: 'With the secret in the form', value: { token: TOKEN, client_id: 'books', client_secret: 'a-random-value' } },
};

/** Client authentication methods of the guard, by their names in RFC 7591 §2. */
const AUTH_METHODS = ['client_secret_basic', 'client_secret_post'];

/** The OAuth endpoints for backends and gateways. */
@ApiTags('Tokens')
@Controller()
export class OAuthController {
  constructor(
    private readonly oauth: OAuthService,
    private readonly revocations: RevocationsService,
    private readonly settings: Settings,
  ) {}

  @Post('oauth/introspect')
  @GuardedBy('oauth-client')
  @UseGuards(OAuthClientGuard)
  @HttpCode(200)
  @ApiOperation({
    operationId: 'introspectToken',
    summary: 'Introspect a token',
    description:
      'RFC 7662, for backends in `OAUTH_CLIENTS`. Accepts access tokens and refresh tokens; a refresh token stays usable. For any token that is not valid the answer is `{"active":false}`. Failures are problem details with the additional `error` of RFC 6749 §5.2.',
  })
  @ApiConsumes(FORM)
  @ApiBody({ type: OAuthTokenForm, examples: EXAMPLES })
  @ApiOkResponse({ type: IntrospectionView, description: 'The state and the claims of the token.' })
  @ApiProblem('oauth.invalid_client', 'oauth.invalid_request', 'request.throttled')
  async introspect(@FormToken() token: string): Promise<IntrospectionView> {
    return this.oauth.introspect(token);
  }

  @Post('oauth/revoke')
  @GuardedBy('oauth-client')
  @UseGuards(OAuthClientGuard)
  @HttpCode(200)
  @ApiOperation({
    operationId: 'revokeToken',
    summary: 'Revoke a token',
    description:
      'RFC 7009, for backends in `OAUTH_CLIENTS`. Ends the whole session of an access or refresh token at once, so that all its other tokens stop working, too. An unknown or invalid token is not a failure.',
  })
  @ApiConsumes(FORM)
  @ApiBody({ type: OAuthTokenForm, examples: EXAMPLES })
  @ApiOkResponse({ description: 'The token no longer works; no body.' })
  @ApiProblem('oauth.invalid_client', 'oauth.invalid_request', 'request.throttled')
  async revoke(@FormToken() token: string, @From() caller: Caller): Promise<void> {
    await this.oauth.revoke(token, caller);
  }

  @Get('.well-known/oauth-authorization-server')
  @Public()
  @ApiOperation({
    operationId: 'getServerMetadata',
    summary: 'Server metadata',
    description:
      'Metadata of RFC 8414, so that libraries find keys, introspection and revocation by the issuer alone. The last two members are Latchkey’s own.',
  })
  @ApiOkResponse({ type: ServerMetadataView, description: 'The metadata.' })
  getServerMetadata(): ServerMetadataView {
    const issuer = String(this.settings.PUBLIC_URL);
    return {
      issuer,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      response_types_supported: [],
      grant_types_supported: [],
      introspection_endpoint: `${issuer}/oauth/introspect`,
      introspection_endpoint_auth_methods_supported: AUTH_METHODS,
      revocation_endpoint: `${issuer}/oauth/revoke`,
      revocation_endpoint_auth_methods_supported: AUTH_METHODS,
      access_token_audience: issuer,
      revocation_window_seconds: this.revocations.windowSeconds,
    };
  }
}
