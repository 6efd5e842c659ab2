import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Authenticator } from '../../../auth/authenticators/authenticator.entity.js';
import { AuthenticatorsRepository } from '../../../auth/authenticators/authenticators.repository.js';
import { RecoveryCode } from '../../../auth/authenticators/recovery-code.entity.js';
import { RecoveryCodesRepository } from '../../../auth/authenticators/recovery-codes.repository.js';
import { TotpSecrets } from '../../../auth/authenticators/totp-secrets.service.js';
import { Passkey } from '../../../auth/factors/passkeys/passkey.entity.js';
import { PasskeysRepository } from '../../../auth/factors/passkeys/passkeys.repository.js';
import { RelyingParty } from '../../../auth/factors/passkeys/relying-party.service.js';
import { AuthenticatorTransfer } from './authenticator-transfer.service.js';

/** Import and export of authenticators: what reads and writes them, without the rooms that sign people in. */
@Module({
  imports: [TypeOrmModule.forFeature([Authenticator, Passkey, RecoveryCode])],
  providers: [AuthenticatorTransfer, AuthenticatorsRepository, PasskeysRepository, RecoveryCodesRepository, RelyingParty, TotpSecrets],
  exports: [AuthenticatorTransfer],
})
export class AuthenticatorTransferModule {}
