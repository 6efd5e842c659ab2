import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { MovedPasskeys } from './moved-passkeys.service.js';
import { Passkey } from './passkey.entity.js';
import { PasskeysRepository } from './passkeys.repository.js';
import { RelyingParty } from '../../webauthn/relying-party.service.js';

/** Import and export of passkeys, without what signs people in: for the command line. */
@Module({
  imports: [TypeOrmModule.forFeature([Passkey])],
  providers: [MovedPasskeys, PasskeysRepository, RelyingParty],
  exports: [MovedPasskeys],
})
export class MovedPasskeysModule {}
