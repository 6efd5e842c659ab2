import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { SigningKeysModule } from '../signing-keys/signing-keys.module.js';
import { AccessTokensService } from './access-tokens.service.js';
import { RevocationsService } from './revocations.service.js';
import { RevocationCheck } from './revocation-check.service.js';

/** Access tokens and their revocation. */
@Module({
  imports: [JwtModule.register({}), SigningKeysModule],
  providers: [AccessTokensService, RevocationsService, RevocationCheck],
  exports: [AccessTokensService, RevocationsService, RevocationCheck],
})
export class AccessTokensModule {}
