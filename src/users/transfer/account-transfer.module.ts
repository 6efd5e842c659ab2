import { Module } from '@nestjs/common';
import { UsersModule } from '../users.module.js';
import { AccountTransferRepository } from './account-transfer.repository.js';
import { AccountTransferService } from './account-transfer.service.js';

/** Accounts in and out of files. */
@Module({
  imports: [UsersModule],
  providers: [AccountTransferRepository, AccountTransferService],
  exports: [AccountTransferService],
})
export class AccountTransferModule {}
