import { Module } from '@nestjs/common';
import { SessionsModule } from '../../tokens/sessions/sessions.module.js';
import { UsersModule } from '../../users/users.module.js';
import { RefreshService } from './refresh.service.js';
import { SignedInController } from './signed-in.controller.js';
import { VerifyController } from './verify.controller.js';

/** What is done with an open session: it is refreshed, checked and ended. */
@Module({
  imports: [SessionsModule, UsersModule],
  controllers: [SignedInController, VerifyController],
  providers: [RefreshService],
  exports: [RefreshService],
})
export class SignedInModule {}
