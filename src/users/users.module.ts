import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountPicturesService } from './account-pictures.service.js';
import { AccountTransferRepository } from './transfer/account-transfer.repository.js';
import { AccountTransferService } from './transfer/account-transfer.service.js';
import { ContactsRepository } from './contacts.repository.js';
import { ContactsService } from './contacts.service.js';
import { DirectoryRepository } from './directory/directory.repository.js';
import { DirectoryService } from './directory/directory.service.js';
import { ProfileService } from './profile.service.js';
import { StandingService } from './standing.service.js';
import { User } from './user.entity.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([User])],
  controllers: [UsersController],
  providers: [
    UsersService,
    AccountPicturesService,
    AccountTransferRepository,
    AccountTransferService,
    ContactsRepository,
    ContactsService,
    DirectoryRepository,
    DirectoryService,
    ProfileService,
    StandingService,
    UsersRepository,
  ],
  exports: [
    UsersService,
    AccountPicturesService,
    AccountTransferService,
    ContactsService,
    DirectoryService,
    ProfileService,
    StandingService,
  ],
})
export class UsersModule {}
