import { Module } from '@nestjs/common';
import { TokensModule } from '../tokens/tokens.module.js';
import { UsersModule } from '../users/users.module.js';
import { AuthController } from './auth.controller.js';
import { ChallengeMailSecrets } from './challenge-mail-secrets.js';
import { EmailVerificationController } from './email-verification.controller.js';
import { EmailVerificationService } from './email-verification.service.js';
import { FirstAdminService } from './first-admin.service.js';
import { MailBudget } from './mail-budget.service.js';
import { PasswordCheck } from './passwords/password-check.service.js';
import { PasswordHasher } from './passwords/password-hasher.service.js';
import { PasswordPolicy } from './passwords/password-policy.service.js';
import { RefreshCookie } from './refresh-cookie.js';
import { RegistrationService } from './registration.service.js';
import { SignInController } from './sign-in.controller.js';
import { SignInService } from './sign-in.service.js';

@Module({
  imports: [UsersModule, TokensModule],
  controllers: [AuthController, SignInController, EmailVerificationController],
  providers: [
    RegistrationService,
    SignInService,
    EmailVerificationService,
    ChallengeMailSecrets,
    FirstAdminService,
    MailBudget,
    PasswordCheck,
    PasswordHasher,
    PasswordPolicy,
    RefreshCookie,
  ],
  exports: [RegistrationService, SignInService, EmailVerificationService, FirstAdminService],
})
export class AuthModule {}
