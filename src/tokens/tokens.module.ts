import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { PassportModule } from '@nestjs/passport';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccessGuard } from './access/access.guard.js';
import { AccessTokenStrategy } from './access/access-token.strategy.js';
import { AccessTokensService } from './access-tokens/access-tokens.service.js';
import { Challenge } from './challenges/challenge.entity.js';
import { ChallengesRepository } from './challenges/challenges.repository.js';
import { ChallengesService } from './challenges/challenges.service.js';
import { JwksController } from './signing-keys/jwks.controller.js';
import { OAuthClientGuard } from './oauth/oauth-client.guard.js';
import { OAuthController } from './oauth/oauth.controller.js';
import { OAuthService } from './oauth/oauth.service.js';
import { RefreshesRepository } from './sessions/refreshes.repository.js';
import { RevocationCheck } from './access-tokens/revocation-check.service.js';
import { RevocationStreams } from './oauth/revocation-streams.service.js';
import { RevocationsController } from './oauth/revocations.controller.js';
import { RevocationsService } from './access-tokens/revocations.service.js';
import { Session } from './sessions/session.entity.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { SessionsRepository } from './sessions/sessions.repository.js';
import { SessionsService } from './sessions/sessions.service.js';
import { SessionsInUse } from './sessions/sessions-in-use.service.js';
import { SigningKeysModule } from './signing-keys/signing-keys.module.js';
import { SigningKeysService } from './signing-keys/signing-keys.service.js';
import { TokenHousekeeping } from './sessions/token-housekeeping.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([Session, Challenge]), SigningKeysModule, JwtModule.register({}), PassportModule],
  controllers: [JwksController, RevocationsController, SessionsController, OAuthController],
  providers: [
    SigningKeysService,
    AccessTokensService,
    AccessTokenStrategy,
    SessionsService,
    SessionsRepository,
    RefreshesRepository,
    SessionsInUse,
    RevocationsService,
    RevocationCheck,
    RevocationStreams,
    TokenHousekeeping,
    OAuthService,
    OAuthClientGuard,
    ChallengesService,
    ChallengesRepository,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [SessionsService, ChallengesService, SigningKeysService],
})
export class TokensModule {}
