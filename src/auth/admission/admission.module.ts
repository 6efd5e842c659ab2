import { Module } from '@nestjs/common';
import { HooksModule } from '../../hooks/hooks.module.js';
import { RegistrationPolicyController } from './registration-policy.controller.js';
import { RegistrationPolicy } from './registration-policy.service.js';

/** Who may have an account. */
@Module({
  imports: [HooksModule],
  controllers: [RegistrationPolicyController],
  providers: [RegistrationPolicy],
  exports: [RegistrationPolicy],
})
export class AdmissionModule {}
