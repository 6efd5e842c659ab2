import { Module } from '@nestjs/common';
import { AuthModule } from '../../auth/auth.module.js';
import { AvatarsModule } from '../../avatars/avatars.module.js';
import { TokensModule } from '../../tokens/tokens.module.js';
import { DirectoryModule } from '../../users/directory/directory.module.js';
import { UsersModule } from '../../users/users.module.js';
import { AccountEditService } from './accounts/account-edit.service.js';
import { ContactEdit } from './accounts/contact-edit.service.js';
import { ContractLinks } from './contract-links.js';
import { MobileActivationService } from './accounts/mobile-activation.service.js';
import { OpenOperations } from './open-operations.service.js';
import { PromisedDeletion } from './accounts/promised-deletion.service.js';
import { TellingSignIn } from './telling-sign-in.service.js';

/** The modules of the core that contracts use. A contract imports this module and injects their services. */
@Module({
  imports: [AuthModule, AvatarsModule, DirectoryModule, TokensModule, UsersModule],
  providers: [AccountEditService, ContactEdit, ContractLinks, MobileActivationService, OpenOperations, PromisedDeletion, TellingSignIn],
  exports: [
    AuthModule,
    AvatarsModule,
    DirectoryModule,
    TokensModule,
    UsersModule,
    AccountEditService,
    MobileActivationService,
    OpenOperations,
    PromisedDeletion,
    TellingSignIn,
  ],
})
export class ContractCoreModule {}
