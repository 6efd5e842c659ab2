import { Module } from '@nestjs/common';
import { SessionsModule } from '../../tokens/sessions/sessions.module.js';
import { UsersModule } from '../../users/users.module.js';
import { AdmissionModule } from '../admission/admission.module.js';
import { MailedChallengesModule } from '../challenges/mailed-challenges.module.js';
import { ContactsModule } from '../contacts/contacts.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { InvitationAcceptance } from './invitation-acceptance.service.js';
import { InvitationMails } from './invitation-mails.service.js';
import { InvitationSettlement } from './invitation-settlement.service.js';
import { InvitationStoreModule } from './invitation-store.module.js';
import { InvitationsController } from './invitations.controller.js';
import { InvitedGuests } from './invited-guests.service.js';
import { InvitedPasswords } from './invited-passwords.service.js';
import { InvitedSignUps } from './invited-sign-ups.service.js';
import { InvitedTakeovers } from './invited-takeovers.service.js';
import { InvitationPageController } from './pages/invitation-page.controller.js';

/** Inviting people, and accepting an invitation. */
@Module({
  imports: [AdmissionModule, ContactsModule, InvitationStoreModule, MailedChallengesModule, PasswordsModule, SessionsModule, UsersModule],
  controllers: [InvitationsController, InvitationPageController],
  providers: [
    InvitationAcceptance,
    InvitationMails,
    InvitationSettlement,
    InvitedGuests,
    InvitedPasswords,
    InvitedSignUps,
    InvitedTakeovers,
  ],
})
export class InvitationsModule {}
