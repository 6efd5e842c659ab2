import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Public } from '../../common/access.js';
import { JWKS_MAX_AGE_SECONDS } from './signing-key-max-age.js';
import { SigningKeysService } from './signing-keys.service.js';

class JwkView {
  @ApiProperty({ description: 'Key type (RFC 7517 §4.1).', example: 'EC' }) kty!: string;
  @ApiProperty({ description: 'Curve (RFC 7518 §6.2.1.1).', example: 'P-256' }) crv!: string;
  @ApiProperty({ description: 'First coordinate of the public point, base64url.', example: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU' })
  x!: string;
  @ApiProperty({ description: 'Second coordinate of the public point, base64url.', example: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0' })
  y!: string;
  @ApiProperty({ description: 'Key id, as in the header of a token.', example: '3q2-7wE1b0fT9sXk' }) kid!: string;
  @ApiProperty({ description: 'The signing algorithm; always this one.', example: 'ES256' }) alg!: string;
  @ApiProperty({ description: 'For signatures only.', example: 'sig' }) use!: string;
}

class JwksView {
  @ApiProperty({ description: 'The `kid` in a token’s header names the key that signed it.', type: [JwkView] }) keys!: JwkView[];
}

@ApiTags('Tokens')
@Controller('.well-known')
export class JwksController {
  constructor(private readonly keys: SigningKeysService) {}

  @Get('jwks.json')
  @Public()
  @Header('cache-control', `public, max-age=${JWKS_MAX_AGE_SECONDS}`)
  @ApiOperation({
    operationId: 'getJwks',
    summary: 'List the keys that verify access tokens',
    description:
      'The JWK Set (RFC 7517) with the current, the next and the previous signing keys, for backends that check tokens themselves.',
  })
  @ApiOkResponse({ type: JwksView, description: 'The public keys.' })
  getJwks(): JwksView {
    return this.keys.toJwks();
  }
}
