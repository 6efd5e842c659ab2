import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { PassportModule } from '@nestjs/passport';
import { AccessGuard } from './access.guard.js';
import { AccessTokensModule } from '../access-tokens/access-tokens.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { SigningKeysModule } from '../signing-keys/signing-keys.module.js';
import { AssuranceCheck } from './assurance-check.service.js';
import { AccessTokenStrategy } from './access-token.strategy.js';

/** Access control of routes. */
@Module({
  imports: [PassportModule, AccessTokensModule, SessionsModule, SigningKeysModule],
  providers: [AccessTokenStrategy, AssuranceCheck, { provide: APP_GUARD, useClass: AccessGuard }],
  exports: [AssuranceCheck],
})
export class AccessModule {}
