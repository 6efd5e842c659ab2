import { Module } from '@nestjs/common';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { AvatarsModule } from '../avatars/avatars.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccountDeletionController } from './account-deletion.controller.js';
import { AccountDeletionLinkService } from './account-deletion-link.service.js';
import { AccountDeletionService } from './account-deletion.service.js';
import { AccountExportController } from './account-export.controller.js';
import { AccountExportService } from './account-export.service.js';
import { AccountEditService } from './account-edit.service.js';
import { AuthController } from './auth.controller.js';
import { AvailabilityController } from './availability.controller.js';
import { AvailabilityService } from './availability.service.js';
import { ChallengeMailSecrets } from './challenge-mail-secrets.js';
import { EmailChangeController } from './email-change.controller.js';
import { EmailChangeService } from './email-change.service.js';
import { EmailChangeUndoController } from './email-change-undo.controller.js';
import { EmailChangeUndoService } from './email-change-undo.service.js';
import { EmailVerificationController } from './email-verification.controller.js';
import { EmailVerificationService } from './email-verification.service.js';
import { FirstAdminService } from './first-admin.service.js';
import { ForcedResetService } from './forced-reset.service.js';
import { MailBudget } from './mail-budget.service.js';
import { MobileActivationService } from './mobile-activation.service.js';
import { MobileCodes } from './mobile-codes.service.js';
import { MobileController } from './mobile.controller.js';
import { MobileService } from './mobile.service.js';
import { PasswordChangeController } from './password-change.controller.js';
import { PasswordChangeService } from './password-change.service.js';
import { PasswordResetController } from './password-reset.controller.js';
import { PasswordResetGrants } from './password-reset-grants.js';
import { PasswordResetService } from './password-reset.service.js';
import { PasswordCheck } from './passwords/password-check.service.js';
import { PasswordHasher } from './passwords/password-hasher.service.js';
import { PasswordNotices } from './passwords/password-notices.service.js';
import { PasswordPolicy } from './passwords/password-policy.service.js';
import { PasswordReplacement } from './passwords/password-replacement.service.js';
import { RefreshCookie } from './refresh-cookie.js';
import { RegistrationService } from './registration.service.js';
import { ReturnUrls } from './return-urls.service.js';
import { SignInController } from './sign-in.controller.js';
import { SignInService } from './sign-in.service.js';

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
