import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AdmissionModule } from '../auth/admission/admission.module.js';
import { InvitationStoreModule } from '../auth/invitations/invitation-store.module.js';
import { PasswordHasher } from '../auth/passwords/password-hasher.service.js';
import { PasswordPolicy } from '../auth/passwords/password-policy.service.js';
import { DirectoryModule } from '../users/directory/directory.module.js';
import { AccountTransferModule } from '../users/transfer/account-transfer.module.js';
import { UsersModule } from '../users/users.module.js';
import { ChallengesModule } from '../tokens/challenges/challenges.module.js';
import { AccountRecoveryService } from './account-recovery.service.js';
import { AdminCreationService } from './admin-creation.service.js';
import { InvitationLinks } from './invitation-links.service.js';
import { AuthenticatorTransferModule } from './transfer/authenticators/authenticator-transfer.module.js';
import { IdentityTransferModule } from './transfer/identities/identity-transfer.module.js';
import { SeedService } from './transfer/seed.service.js';
import { UserExportService } from './transfer/user-export.service.js';
import { UserImportService } from './transfer/user-import.service.js';

/** Services with which the command line manages accounts, without an HTTP server. */
@Module({
  imports: [
    AccountTransferModule,
    AdmissionModule,
    AuditModule,
    AuthenticatorTransferModule,
    ChallengesModule,
    DirectoryModule,
    IdentityTransferModule,
    InvitationStoreModule,
    UsersModule,
  ],
  providers: [
    AccountRecoveryService,
    AdminCreationService,
    InvitationLinks,
    PasswordHasher,
    PasswordPolicy,
    SeedService,
    UserExportService,
    UserImportService,
  ],
})
export class CommandLineModule {}
