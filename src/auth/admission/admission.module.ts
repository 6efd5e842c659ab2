import { Module } from '@nestjs/common';
import { RegistrationPolicyController } from './registration-policy.controller.js';
import { RegistrationPolicy } from './registration-policy.service.js';

/** Who may have an account. */
@Module({
  controllers: [RegistrationPolicyController],
  providers: [RegistrationPolicy],
  exports: [RegistrationPolicy],
})
export class AdmissionModule {}
