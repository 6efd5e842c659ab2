import { Module } from '@nestjs/common';
import { AuthModule } from '../../auth/auth.module.js';
import { AvatarsModule } from '../../avatars/avatars.module.js';
import { TokensModule } from '../../tokens/tokens.module.js';
import { DirectoryModule } from '../../users/directory/directory.module.js';
import { UsersModule } from '../../users/users.module.js';
import { AccountEditService } from './account-edit.service.js';
import { ContactEdit } from './contact-edit.service.js';
import { GrantedReset } from './granted-reset.service.js';
import { MobileActivationService } from './mobile-activation.service.js';
import { OpenOperations } from './open-operations.service.js';
import { PasswordResetGrants } from './password-reset-grants.js';
import { PromisedDeletion } from './promised-deletion.service.js';
import { TellingSignIn } from './telling-sign-in.service.js';

/** What a contract is made from: import it and inject the core's services. */
@Module({
  imports: [AuthModule, AvatarsModule, DirectoryModule, TokensModule, UsersModule],
  providers: [
    AccountEditService,
    ContactEdit,
    GrantedReset,
    MobileActivationService,
    OpenOperations,
    PasswordResetGrants,
    PromisedDeletion,
    TellingSignIn,
  ],
  exports: [
    AuthModule,
    AvatarsModule,
    DirectoryModule,
    TokensModule,
    UsersModule,
    AccountEditService,
    GrantedReset,
    MobileActivationService,
    OpenOperations,
    PromisedDeletion,
    TellingSignIn,
  ],
})
export class ContractCoreModule {}
