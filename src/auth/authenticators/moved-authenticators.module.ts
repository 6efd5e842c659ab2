import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Authenticator } from './authenticator.entity.js';
import { AuthenticatorsRepository } from './authenticators.repository.js';
import { MovedAuthenticators } from './moved-authenticators.service.js';
import { RecoveryCode } from './recovery-code.entity.js';
import { RecoveryCodesRepository } from './recovery-codes.repository.js';
import { TotpSecrets } from './totp-secrets.service.js';

/** Import and export of authenticators, without what signs people in: for the command line. */
@Module({
  imports: [TypeOrmModule.forFeature([Authenticator, RecoveryCode])],
  providers: [AuthenticatorsRepository, MovedAuthenticators, RecoveryCodesRepository, TotpSecrets],
  exports: [MovedAuthenticators, TotpSecrets],
})
export class MovedAuthenticatorsModule {}
