import { Module } from '@nestjs/common';
import { AdmissionModule } from '../admission/admission.module.js';
import { ContactsModule } from '../contacts/contacts.module.js';
import { IdempotencyModule } from '../../idempotency/idempotency.module.js';
import { MailedChallengesModule } from '../challenges/mailed-challenges.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { UsersModule } from '../../users/users.module.js';
import { AvailabilityController } from './availability.controller.js';
import { RegistrationController } from './registration.controller.js';
import { AvailabilityService } from './availability.service.js';
import { FirstAdminService } from './first-admin.service.js';
import { RegistrationAdmission } from './registration-admission.service.js';
import { RegistrationService } from './registration.service.js';
import { SignUpByCode } from './sign-up-by-code.service.js';
import { ProofOfWorkModule } from '../proof-of-work/proof-of-work.module.js';

/** Making an account. */
@Module({
  imports: [AdmissionModule, ContactsModule, IdempotencyModule, MailedChallengesModule, PasswordsModule, ProofOfWorkModule, UsersModule],
  controllers: [AvailabilityController, RegistrationController],
  providers: [AvailabilityService, FirstAdminService, RegistrationAdmission, RegistrationService, SignUpByCode],
  exports: [AvailabilityService, FirstAdminService, RegistrationService, SignUpByCode],
})
export class RegistrationModule {}
