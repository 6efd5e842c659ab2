import { Module } from '@nestjs/common';
import { ContractCoreModule } from '../shared/contract-core.module.js';
import { UserAuthAccountsController } from './user-auth-accounts.controller.js';
import { UserAuthActivation } from './user-auth-activation.service.js';
import { UserAuthController } from './user-auth.controller.js';

@Module({
  imports: [ContractCoreModule],
  controllers: [UserAuthController, UserAuthAccountsController],
  providers: [UserAuthActivation],
})
export class UserAuthModule {}
