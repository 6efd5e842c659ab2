import { Module } from '@nestjs/common';
import { ChallengesModule } from '../../tokens/challenges/challenges.module.js';
import { UsersModule } from '../../users/users.module.js';
import { AuthenticatorsModule } from '../authenticators/authenticators.module.js';
import { MailedChallengesModule } from '../challenges/mailed-challenges.module.js';
import { PasswordResetModule } from '../password-reset/password-reset.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { DelayedResetController } from './delayed-reset.controller.js';
import { DelayedResetJobs } from './delayed-reset-jobs.service.js';
import { DelayedResetMails } from './delayed-reset-mails.service.js';
import { DelayedResetTexts } from './delayed-reset-texts.service.js';
import { DelayedResetService } from './delayed-reset.service.js';
import { DelayResetPageController } from './pages/delay-reset-page.controller.js';
import { StopResetPageController } from './pages/stop-reset-page.controller.js';

/** A reset of the password for people who have lost their second factor, after a wait. */
@Module({
  imports: [AuthenticatorsModule, ChallengesModule, MailedChallengesModule, PasswordResetModule, PasswordsModule, UsersModule],
  controllers: [DelayedResetController, DelayResetPageController, StopResetPageController],
  providers: [DelayedResetJobs, DelayedResetMails, DelayedResetService, DelayedResetTexts],
  exports: [DelayedResetService],
})
export class LostFactorsModule {}
