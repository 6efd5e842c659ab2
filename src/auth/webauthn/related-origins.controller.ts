import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Public } from '../../common/access.js';
import { RelyingParty } from './relying-party.service.js';

/** How long caches keep it: a new origin works within an hour. */
const MAX_AGE_SECONDS = 3_600;

class RelatedOriginsView {
  @ApiProperty({ description: 'Origins outside the domain of the passkeys.', type: [String], example: ['https://example.net'] })
  origins!: string[];
}

/** Pages of other domains that may use this server's passkeys. */
@ApiTags('Auth')
@Controller('.well-known')
export class RelatedOriginsController {
  constructor(private readonly relyingParty: RelyingParty) {}

  @Get('webauthn')
  @Public()
  @Header('cache-control', `public, max-age=${MAX_AGE_SECONDS}`)
  @ApiOperation({
    operationId: 'getRelatedOrigins',
    summary: 'List the related origins of passkeys',
    description:
      'Browsers read it at the domain of the passkeys when a page of another domain asks for one (WebAuthn Level 3 §5.11). If that domain is not this server, it has to pass the path on to it. The list comes from `WEBAUTHN_ORIGINS`.',
  })
  @ApiOkResponse({ type: RelatedOriginsView, description: 'The origins; none unless the setting lists them.' })
  relatedOrigins(): RelatedOriginsView {
    return { origins: [...this.relyingParty.relatedOrigins] };
  }
}
