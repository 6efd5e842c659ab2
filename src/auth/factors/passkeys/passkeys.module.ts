import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SessionsModule } from '../../../tokens/sessions/sessions.module.js';
import { UsersModule } from '../../../users/users.module.js';
import { AuthenticatorsModule } from '../../authenticators/authenticators.module.js';
import { PasswordsModule } from '../../passwords/passwords.module.js';
import { SignInModule } from '../../sign-in/sign-in.module.js';
import { PasskeyFactor } from './passkey-factor.service.js';
import { PasskeyRegistration } from './passkey-registration.service.js';
import { SignInPasskeysController } from './sign-in-passkeys.controller.js';
import { PasskeySignIns } from './passkey-sign-ins.service.js';
import { PasskeyVerifier } from './passkey-verifier.service.js';
import { Passkey } from './passkey.entity.js';
import { PasskeysController } from './passkeys.controller.js';
import { PasskeysRepository } from './passkeys.repository.js';
import { PasskeysService } from './passkeys.service.js';
import { RelatedOriginsController } from './related-origins.controller.js';
import { RelyingParty } from './relying-party.service.js';
import { WebauthnChallenge } from './webauthn-challenge.entity.js';
import { WebauthnChallengesRepository } from './webauthn-challenges.repository.js';
import { WebauthnChallenges } from './webauthn-challenges.service.js';

/** Passkeys (WebAuthn) as first and second factor. */
@Module({
  imports: [
    TypeOrmModule.forFeature([Passkey, WebauthnChallenge]),
    AuthenticatorsModule,
    PasswordsModule,
    SessionsModule,
    SignInModule,
    UsersModule,
  ],
  controllers: [SignInPasskeysController, PasskeysController, RelatedOriginsController],
  providers: [
    PasskeyFactor,
    PasskeyRegistration,
    PasskeySignIns,
    PasskeyVerifier,
    PasskeysRepository,
    PasskeysService,
    RelyingParty,
    WebauthnChallenges,
    WebauthnChallengesRepository,
  ],
  exports: [PasskeysService],
})
export class PasskeysModule {}
