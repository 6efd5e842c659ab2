import { Module } from '@nestjs/common';
import { MovedAuthenticatorsModule } from '../../../auth/authenticators/moved-authenticators.module.js';
import { MovedPasskeysModule } from '../../../auth/factors/passkeys/moved-passkeys.module.js';
import { AuthenticatorTransfer } from './authenticator-transfer.service.js';

/** Import and export of authenticators. */
@Module({
  imports: [MovedAuthenticatorsModule, MovedPasskeysModule],
  providers: [AuthenticatorTransfer],
  exports: [AuthenticatorTransfer],
})
export class AuthenticatorTransferModule {}
