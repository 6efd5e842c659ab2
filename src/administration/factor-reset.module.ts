import { Module } from '@nestjs/common';
import { AuthenticatorsModule } from '../auth/authenticators/authenticators.module.js';
import { MailedChallengesModule } from '../auth/challenges/mailed-challenges.module.js';
import { PasswordsModule } from '../auth/passwords/passwords.module.js';
import { SessionsModule } from '../tokens/sessions/sessions.module.js';
import { FactorReset } from './factor-reset.service.js';

/** Removing second factors of others, for administration and for the command line. */
@Module({
  imports: [AuthenticatorsModule, MailedChallengesModule, PasswordsModule, SessionsModule],
  providers: [FactorReset],
  exports: [FactorReset],
})
export class FactorResetModule {}
