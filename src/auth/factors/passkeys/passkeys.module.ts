import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SessionsModule } from '../../../tokens/sessions/sessions.module.js';
import { UsersModule } from '../../../users/users.module.js';
import { AuthenticatorsModule } from '../../authenticators/authenticators.module.js';
import { PasswordsModule } from '../../passwords/passwords.module.js';
import { SignInModule } from '../../sign-in/sign-in.module.js';
import { WebauthnModule } from '../../webauthn/webauthn.module.js';
import { PasskeyFactor } from './passkey-factor.service.js';
import { PasskeyRegistration } from './passkey-registration.service.js';
import { SignInPasskeysController } from './sign-in-passkeys.controller.js';
import { PasskeySignIns } from './passkey-sign-ins.service.js';
import { PasskeyVerifier } from './passkey-verifier.service.js';
import { Passkey } from './passkey.entity.js';
import { PasskeysController } from './passkeys.controller.js';
import { PasskeysRepository } from './passkeys.repository.js';
import { PasskeysService } from './passkeys.service.js';

/** Passkeys (WebAuthn) as first and second factor. */
@Module({
  imports: [
    TypeOrmModule.forFeature([Passkey]),
    AuthenticatorsModule,
    PasswordsModule,
    SessionsModule,
    SignInModule,
    UsersModule,
    WebauthnModule,
  ],
  controllers: [SignInPasskeysController, PasskeysController],
  providers: [PasskeyFactor, PasskeyRegistration, PasskeySignIns, PasskeyVerifier, PasskeysRepository, PasskeysService],
  exports: [PasskeysService],
})
export class PasskeysModule {}
