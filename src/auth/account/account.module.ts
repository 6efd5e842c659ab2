import { Module } from '@nestjs/common';
import { AvatarsModule } from '../../avatars/avatars.module.js';
import { Catalogue } from '../../common/catalogue.js';
import { ChallengesModule } from '../../tokens/challenges/challenges.module.js';
import { AuthenticatorsModule } from '../authenticators/authenticators.module.js';
import { IdentitiesModule } from '../identities/identities.module.js';
import { MailedChallengesModule } from '../challenges/mailed-challenges.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { SessionsModule } from '../../tokens/sessions/sessions.module.js';
import { UsersModule } from '../../users/users.module.js';
import { AccountDeletionController } from './account-deletion.controller.js';
import { AccountExportController } from './account-export.controller.js';
import { DeleteAccountPageController } from './pages/delete-account-page.controller.js';
import { AccountDeletionLinkService } from './account-deletion-link.service.js';
import { AccountDeletionService } from './account-deletion.service.js';
import { AccountExportService } from './account-export.service.js';
import { OwnAccountController } from './own-account.controller.js';
import { OwnAccountService } from './own-account.service.js';
import { OwnAuthenticatorsController } from './own-authenticators.controller.js';
import { OwnAuthenticatorsService } from './own-authenticators.service.js';
import { SECTIONS, loadSections } from './export-sections.js';

/** What owners do with their accounts: edit, authenticators, export, deletion. */
@Module({
  imports: [
    AuthenticatorsModule,
    IdentitiesModule,
    AvatarsModule,
    ChallengesModule,
    MailedChallengesModule,
    PasswordsModule,
    SessionsModule,
    UsersModule,
  ],
  controllers: [
    AccountDeletionController,
    AccountExportController,
    DeleteAccountPageController,
    OwnAccountController,
    OwnAuthenticatorsController,
  ],
  providers: [
    AccountDeletionLinkService,
    AccountDeletionService,
    AccountExportService,
    OwnAccountService,
    OwnAuthenticatorsService,
    { provide: SECTIONS, inject: [Catalogue], useFactory: ({ exports }: Catalogue) => loadSections(exports) },
  ],
  exports: [AccountDeletionLinkService, AccountDeletionService],
})
export class AccountModule {}
