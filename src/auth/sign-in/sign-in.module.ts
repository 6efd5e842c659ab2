import { Module } from '@nestjs/common';
import { AuthenticatorsModule } from '../authenticators/authenticators.module.js';
import { ContactsModule } from '../contacts/contacts.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { SessionsModule } from '../../tokens/sessions/sessions.module.js';
import { UsersModule } from '../../users/users.module.js';
import { SignInController } from './sign-in.controller.js';
import { PasswordProofService } from './password-proof.service.js';
import { VerifyController } from './verify.controller.js';
import { FactorRegistry } from './factor-registry.service.js';
import { RefreshService } from './refresh.service.js';
import { ShownFactors } from './shown-factors.service.js';
import { SignInService } from './sign-in.service.js';

/** The one door: from a proof to a session. */
@Module({
  imports: [AuthenticatorsModule, ContactsModule, PasswordsModule, SessionsModule, UsersModule],
  controllers: [SignInController, VerifyController],
  providers: [FactorRegistry, PasswordProofService, RefreshService, ShownFactors, SignInService],
  exports: [FactorRegistry, SignInService],
})
export class SignInModule {}
