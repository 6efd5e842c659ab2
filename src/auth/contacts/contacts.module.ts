import { Module } from '@nestjs/common';
import { ChallengesModule } from '../../tokens/challenges/challenges.module.js';
import { AdmissionModule } from '../admission/admission.module.js';
import { IdempotencyModule } from '../../idempotency/idempotency.module.js';
import { MailedChallengesModule } from '../challenges/mailed-challenges.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { UsersModule } from '../../users/users.module.js';
import { EmailChangeController } from './email-change.controller.js';
import { EmailChangeUndoController } from './email-change-undo.controller.js';
import { EmailVerificationController } from './email-verification.controller.js';
import { MobileClaimController } from './mobile-claim.controller.js';
import { MobileController } from './mobile.controller.js';
import { ConfirmEmailPageController } from './pages/confirm-email-page.controller.js';
import { ConfirmNewEmailPageController } from './pages/confirm-new-email-page.controller.js';
import { UndoEmailChangePageController } from './pages/undo-email-change-page.controller.js';
import { TakenContacts } from './taken-contacts.service.js';
import { EmailChangeProposals } from './email-change-proposals.service.js';
import { EmailChangeRequestService } from './email-change-request.service.js';
import { EmailChangeService } from './email-change.service.js';
import { EmailChangeUndoService } from './email-change-undo.service.js';
import { EmailConfirmation } from './email-confirmation.service.js';
import { EmailReplacement } from './email-replacement.service.js';
import { EmailVerificationMails } from './email-verification-mails.service.js';
import { EmailVerificationService } from './email-verification.service.js';
import { RegistrationTickets } from './registration-tickets.js';
import { MobileClaimService } from './mobile-claim.service.js';
import { MobileReplacement } from './mobile-replacement.service.js';
import { MobileService } from './mobile.service.js';
import { MobileVerificationRequestService } from './mobile-verification-request.service.js';
import { MobileVerificationService } from './mobile-verification.service.js';
import { ProofOfWorkModule } from '../proof-of-work/proof-of-work.module.js';

/** How an account is reached: its e-mail address and mobile number, proven and changed. */
@Module({
  imports: [AdmissionModule, ChallengesModule, IdempotencyModule, MailedChallengesModule, PasswordsModule, ProofOfWorkModule, UsersModule],
  controllers: [
    EmailChangeController,
    EmailChangeUndoController,
    EmailVerificationController,
    MobileClaimController,
    MobileController,
    ConfirmEmailPageController,
    ConfirmNewEmailPageController,
    UndoEmailChangePageController,
  ],
  providers: [
    TakenContacts,
    EmailChangeProposals,
    EmailChangeRequestService,
    EmailChangeService,
    EmailChangeUndoService,
    EmailConfirmation,
    EmailReplacement,
    EmailVerificationMails,
    EmailVerificationService,
    MobileClaimService,
    MobileReplacement,
    MobileService,
    MobileVerificationRequestService,
    MobileVerificationService,
    RegistrationTickets,
  ],
  exports: [
    TakenContacts,
    EmailConfirmation,
    EmailReplacement,
    EmailVerificationMails,
    EmailVerificationService,
    MobileReplacement,
    RegistrationTickets,
  ],
})
export class ContactsModule {}
