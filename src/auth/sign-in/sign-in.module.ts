import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthenticatorsModule } from '../authenticators/authenticators.module.js';
import { ContactsModule } from '../contacts/contacts.module.js';
import { BrowserCookie } from './browser-cookie.js';
import { FactorsModule } from '../factors/factors.module.js';
import { DevicesModule } from '../devices/devices.module.js';
import { IdentitiesModule } from '../identities/identities.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { ProvidersModule } from '../providers/providers.module.js';
import { SessionsModule } from '../../tokens/sessions/sessions.module.js';
import { UsersModule } from '../../users/users.module.js';
import { FactorsProofService } from './factors-proof.service.js';
import { OpenSignIn } from './open-sign-in.entity.js';
import { PasswordProofService } from './password-proof.service.js';
import { SignInAnswer } from './sign-in-answer.js';
import { SignInCompletion } from './sign-in-completion.service.js';
import { SignInCookie } from './sign-in-cookie.js';
import { SignInLinks } from './sign-in-links.service.js';
import { SignInOutcomes } from './sign-in-outcomes.service.js';
import { SignInPassword } from './sign-in-password.service.js';
import { SignIns } from './sign-ins.service.js';
import { SignInsAway } from './sign-ins-away.service.js';
import { SignInService } from './sign-in.service.js';
import { SignInStarts } from './sign-in-starts.service.js';
import { SignInSteps } from './sign-in-steps.service.js';
import { SignInsController } from './sign-ins.controller.js';
import { SignInsRepository } from './sign-ins.repository.js';
import { ProofOfWorkModule } from '../proof-of-work/proof-of-work.module.js';

/** The one door: from a proof to a session, in one step or in several. */
@Module({
  imports: [
    TypeOrmModule.forFeature([OpenSignIn]),
    AuthenticatorsModule,
    ContactsModule,
    DevicesModule,
    FactorsModule,
    IdentitiesModule,
    PasswordsModule,
    ProofOfWorkModule,
    ProvidersModule,
    SessionsModule,
    UsersModule,
  ],
  controllers: [SignInsController],
  providers: [
    BrowserCookie,
    FactorsProofService,
    PasswordProofService,
    SignInAnswer,
    SignInCompletion,
    SignInCookie,
    SignInLinks,
    SignInOutcomes,
    SignInPassword,
    SignIns,
    SignInsAway,
    SignInService,
    SignInStarts,
    SignInSteps,
    SignInsRepository,
  ],
  exports: [
    BrowserCookie,
    FactorsModule,
    PasswordProofService,
    SignInAnswer,
    SignInCookie,
    SignIns,
    SignInsAway,
    SignInService,
    SignInStarts,
  ],
})
export class SignInModule {}
