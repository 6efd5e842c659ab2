import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { ConfirmEmailPageController } from '../auth/contacts/pages/confirm-email-page.controller.js';
import { ConfirmNewEmailPageController } from '../auth/contacts/pages/confirm-new-email-page.controller.js';
import { DeleteAccountPageController } from '../auth/account/pages/delete-account-page.controller.js';
import { FailurePage } from './failure-page.js';
import { PageRenderer } from '../look/page-renderer.js';
import { ResetPasswordPageController } from '../auth/passwords/pages/reset-password-page.controller.js';
import { StartPageController } from './start-page.controller.js';
import { UndoEmailChangePageController } from '../auth/contacts/pages/undo-email-change-page.controller.js';

/** What people land on when they open the server's address or follow a mailed link. */
@Module({
  imports: [AuthModule],
  controllers: [
    StartPageController,
    ConfirmEmailPageController,
    ConfirmNewEmailPageController,
    ResetPasswordPageController,
    UndoEmailChangePageController,
    DeleteAccountPageController,
  ],
  providers: [PageRenderer, FailurePage],
})
export class PagesModule {}
