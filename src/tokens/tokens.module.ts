import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { PassportModule } from '@nestjs/passport';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccessGuard } from './access.guard.js';
import { AccessTokenStrategy } from './access-token.strategy.js';
import { AccessTokensService } from './access-tokens.service.js';
import { Challenge } from './challenge.entity.js';
import { ChallengesRepository } from './challenges.repository.js';
import { ChallengesService } from './challenges.service.js';
import { JwksController } from './jwks.controller.js';
import { OAuthClientGuard } from './oauth-client.guard.js';
import { OAuthController } from './oauth.controller.js';
import { OAuthService } from './oauth.service.js';
import { RefreshesRepository } from './refreshes.repository.js';
import { RevocationCheck } from './revocation-check.service.js';
import { RevocationStreams } from './revocation-streams.service.js';
import { RevocationsController } from './revocations.controller.js';
import { RevocationsService } from './revocations.service.js';
import { Session } from './session.entity.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';
import { SessionsInUse } from './sessions-in-use.service.js';
import { SigningKeysModule } from './signing-keys.module.js';
import { SigningKeysService } from './signing-keys.service.js';
import { TokenHousekeeping } from './token-housekeeping.service.js';

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
