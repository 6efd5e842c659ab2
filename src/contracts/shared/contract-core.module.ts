import { Module } from '@nestjs/common';
import { AuthModule } from '../../auth/auth.module.js';
import { AvatarsModule } from '../../avatars/avatars.module.js';
import { TokensModule } from '../../tokens/tokens.module.js';
import { DirectoryModule } from '../../users/directory/directory.module.js';
import { UsersModule } from '../../users/users.module.js';
import { AccountEditService } from './account-edit.service.js';
import { MobileActivationService } from './mobile-activation.service.js';
import { OpenOperations } from './open-operations.service.js';
import { TellingSignIn } from './telling-sign-in.service.js';

/** The core's services for contracts: import this module and inject them. */
@Module({
  imports: [AuthModule, AvatarsModule, DirectoryModule, TokensModule, UsersModule],
  providers: [AccountEditService, MobileActivationService, OpenOperations, TellingSignIn],
  exports: [
    AuthModule,
    AvatarsModule,
    DirectoryModule,
    TokensModule,
    UsersModule,
    AccountEditService,
    MobileActivationService,
    OpenOperations,
    TellingSignIn,
  ],
})
export class ContractCoreModule {}
