import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { ConfirmEmailPageController } from './confirm-email-page.controller.js';
import { ConfirmNewEmailPageController } from './confirm-new-email-page.controller.js';
import { DeleteAccountPageController } from './delete-account-page.controller.js';
import { FailurePage } from './failure-page.js';
import { PageRenderer } from './page-renderer.js';
import { ResetPasswordPageController } from './reset-password-page.controller.js';
import { StartPageController } from './start-page.controller.js';
import { UndoEmailChangePageController } from './undo-email-change-page.controller.js';

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
