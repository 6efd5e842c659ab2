import { Module } from '@nestjs/common';
import { UsersModule } from '../../../users/users.module.js';
import { AdmissionModule } from '../../admission/admission.module.js';
import { AuthenticatorsModule } from '../../authenticators/authenticators.module.js';
import { MailedChallengesModule } from '../../challenges/mailed-challenges.module.js';
import { ContactsModule } from '../../contacts/contacts.module.js';
import { DevicesModule } from '../../devices/devices.module.js';
import { RegistrationModule } from '../../registration/registration.module.js';
import { SignInModule } from '../../sign-in/sign-in.module.js';
import { SignInCodesModule } from '../../sign-in-codes/sign-in-codes.module.js';
import { EmailCodeFactor } from './email-code-factor.service.js';
import { EmailCodeLinks } from './email-code-links.service.js';
import { EmailCodeProofs } from './email-code-proofs.service.js';
import { EmailCodeRecipients } from './email-code-recipients.service.js';
import { EmailCodeRequests } from './email-code-requests.service.js';
import { SignInCodePageController } from './pages/sign-in-code-page.controller.js';

/** Signing in by a mailed code or link. */
@Module({
  imports: [
    AdmissionModule,
    AuthenticatorsModule,
    ContactsModule,
    DevicesModule,
    MailedChallengesModule,
    RegistrationModule,
    SignInCodesModule,
    SignInModule,
    UsersModule,
  ],
  controllers: [SignInCodePageController],
  providers: [EmailCodeFactor, EmailCodeLinks, EmailCodeProofs, EmailCodeRecipients, EmailCodeRequests],
})
export class EmailCodeModule {}
