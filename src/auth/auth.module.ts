import { Module } from '@nestjs/common';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { AvatarsModule } from '../avatars/avatars.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccountDeletionController } from './account/account-deletion.controller.js';
import { AccountDeletionLinkService } from './account/account-deletion-link.service.js';
import { AccountDeletionService } from './account/account-deletion.service.js';
import { AccountExportController } from './account/account-export.controller.js';
import { AccountExportService } from './account/account-export.service.js';
import { AccountEditService } from '../contracts/shared/account-edit.service.js';
import { AuthController } from './sign-in/auth.controller.js';
import { AvailabilityController } from './registration/availability.controller.js';
import { AvailabilityService } from './registration/availability.service.js';
import { ChallengeMailSecrets } from './challenges/challenge-mail-secrets.js';
import { EmailChangeController } from './contacts/email-change.controller.js';
import { EmailChangeService } from './contacts/email-change.service.js';
import { EmailChangeUndoController } from './contacts/email-change-undo.controller.js';
import { EmailChangeUndoService } from './contacts/email-change-undo.service.js';
import { EmailVerificationController } from './contacts/email-verification.controller.js';
import { EmailVerificationService } from './contacts/email-verification.service.js';
import { FirstAdminService } from './registration/first-admin.service.js';
import { ForcedResetService } from './passwords/forced-reset.service.js';
import { MailBudget } from './challenges/mail-budget.service.js';
import { MobileActivationService } from '../contracts/shared/mobile-activation.service.js';
import { MobileCodes } from './contacts/mobile-codes.service.js';
import { MobileController } from './contacts/mobile.controller.js';
import { MobileService } from './contacts/mobile.service.js';
import { PasswordChangeController } from './passwords/password-change.controller.js';
import { PasswordChangeService } from './passwords/password-change.service.js';
import { PasswordResetController } from './passwords/password-reset.controller.js';
import { PasswordResetGrants } from '../contracts/shared/password-reset-grants.js';
import { PasswordResetService } from './passwords/password-reset.service.js';
import { PasswordCheck } from './passwords/password-check.service.js';
import { PasswordHasher } from './passwords/password-hasher.service.js';
import { PasswordNotices } from './challenges/owner-notices.service.js';
import { PasswordPolicy } from './passwords/password-policy.service.js';
import { PasswordReplacement } from './passwords/password-replacement.service.js';
import { RefreshCookie } from '../tokens/sessions/refresh-cookie.js';
import { RegistrationService } from './registration/registration.service.js';
import { ReturnUrls } from './challenges/return-urls.service.js';
import { SignInController } from './sign-in/sign-in.controller.js';
import { SignInService } from './sign-in/sign-in.service.js';

@Module({
  imports: [IdempotencyModule, AvatarsModule, UsersModule, TokensModule],
  controllers: [
    AccountDeletionController,
    AccountExportController,
    AvailabilityController,
    AuthController,
    SignInController,
    EmailVerificationController,
    PasswordResetController,
    PasswordChangeController,
    EmailChangeController,
    EmailChangeUndoController,
    MobileController,
  ],
  providers: [
    AccountDeletionLinkService,
    AccountDeletionService,
    AccountEditService,
    AccountExportService,
    AvailabilityService,
    RegistrationService,
    SignInService,
    EmailChangeService,
    EmailChangeUndoService,
    EmailVerificationService,
    ChallengeMailSecrets,
    FirstAdminService,
    ForcedResetService,
    MailBudget,
    MobileActivationService,
    MobileCodes,
    MobileService,
    PasswordChangeService,
    PasswordCheck,
    PasswordHasher,
    PasswordNotices,
    PasswordPolicy,
    PasswordReplacement,
    PasswordResetGrants,
    PasswordResetService,
    RefreshCookie,
    ReturnUrls,
  ],
  exports: [
    AccountEditService,
    AccountDeletionLinkService,
    AccountDeletionService,
    AvailabilityService,
    RegistrationService,
    SignInService,
    EmailVerificationService,
    FirstAdminService,
    ForcedResetService,
    PasswordChangeService,
    PasswordResetService,
    EmailChangeService,
    EmailChangeUndoService,
    MobileActivationService,
    MobileService,
    ReturnUrls,
  ],
})
export class AuthModule {}
