import { Module } from '@nestjs/common';
import { ChallengesModule } from '../../tokens/challenges/challenges.module.js';
import { UsersModule } from '../../users/users.module.js';
import { AuthenticatorsModule } from '../authenticators/authenticators.module.js';
import { MailedChallengesModule } from '../challenges/mailed-challenges.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { ProofOfWorkModule } from '../proof-of-work/proof-of-work.module.js';
import { ResetPasswordPageController } from './pages/reset-password-page.controller.js';
import { PasswordResetRequestService } from './password-reset-request.service.js';
import { PasswordResetController } from './password-reset.controller.js';
import { PasswordResetService } from './password-reset.service.js';
import { ResetFactor } from './reset-factor.service.js';
import { ResetProofs } from './reset-proofs.service.js';

/** Forgotten passwords: asked for by mail or text message, and chosen anew. */
@Module({
  imports: [AuthenticatorsModule, ChallengesModule, MailedChallengesModule, PasswordsModule, ProofOfWorkModule, UsersModule],
  controllers: [PasswordResetController, ResetPasswordPageController],
  providers: [PasswordResetRequestService, PasswordResetService, ResetFactor, ResetProofs],
  exports: [PasswordResetRequestService, PasswordResetService, ResetFactor, ResetProofs],
})
export class PasswordResetModule {}
