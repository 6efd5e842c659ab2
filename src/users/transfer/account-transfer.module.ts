import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { UsersModule } from '../users.module.js';
import { AccountTransferRepository } from './account-transfer.repository.js';
import { AccountTransferService } from './account-transfer.service.js';
import { UserImport } from './user-import.entity.js';

/** Import and export of accounts. */
@Module({
  imports: [TypeOrmModule.forFeature([UserImport]), UsersModule],
  providers: [AccountTransferRepository, AccountTransferService],
  exports: [AccountTransferService],
})
export class AccountTransferModule {}
