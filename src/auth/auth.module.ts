import { Module } from '@nestjs/common';
import { AccountModule } from './account/account.module.js';
import { AdmissionModule } from './admission/admission.module.js';
import { AuthenticatorsModule } from './authenticators/authenticators.module.js';
import { ContactsModule } from './contacts/contacts.module.js';
import { MailedChallengesModule } from './challenges/mailed-challenges.module.js';
import { PasswordsModule } from './passwords/passwords.module.js';
import { PasswordResetModule } from './password-reset/password-reset.module.js';
import { RegistrationModule } from './registration/registration.module.js';
import { SignInModule } from './sign-in/sign-in.module.js';

const ROOMS = [
  AccountModule,
  AdmissionModule,
  AuthenticatorsModule,
  ContactsModule,
  MailedChallengesModule,
  PasswordResetModule,
  PasswordsModule,
  RegistrationModule,
  SignInModule,
];

/** The wing of authentication: what its rooms offer to the rest. */
@Module({ imports: ROOMS, exports: ROOMS })
export class AuthModule {}
