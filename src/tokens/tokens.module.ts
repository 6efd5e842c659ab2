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
import { RevocationsService } from './revocations.service.js';
import { Session } from './session.entity.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';
import { SigningKey } from './signing-key.entity.js';
import { SigningKeysRepository } from './signing-keys.repository.js';
import { SigningKeysService } from './signing-keys.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([Session, SigningKey, Challenge]), JwtModule.register({}), PassportModule],
  controllers: [JwksController],
  providers: [
    SigningKeysService,
    SigningKeysRepository,
    AccessTokensService,
    AccessTokenStrategy,
    SessionsService,
    SessionsRepository,
    RevocationsService,
    ChallengesService,
    ChallengesRepository,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [SessionsService, ChallengesService, SigningKeysService],
})
export class TokensModule {}
