import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { AccessTokensModule } from '../access-tokens/access-tokens.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { SigningKeysModule } from '../signing-keys/signing-keys.module.js';
import { OAuthController } from './oauth.controller.js';
import { RevocationsController } from './revocations.controller.js';
import { OAuthService } from './oauth.service.js';
import { OAuthClientGuard } from './oauth-client.guard.js';
import { RevocationStreams } from './revocation-streams.service.js';

/** Introspection, revocation and the revocation stream for other backends. */
@Module({
  imports: [JwtModule.register({}), AccessTokensModule, SessionsModule, SigningKeysModule],
  controllers: [OAuthController, RevocationsController],
  providers: [OAuthService, OAuthClientGuard, RevocationStreams],
})
export class OAuthModule {}
