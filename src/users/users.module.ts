import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ThrottlingModule } from '../throttling/throttling.module.js';
import { AccountPicturesRepository } from './account-pictures.repository.js';
import { AccountPicturesService } from './account-pictures.service.js';
import { ContactsRepository } from './contacts.repository.js';
import { ContactsService } from './contacts.service.js';
import { StoredHold } from './held-email.entity.js';
import { ProfileService } from './profile.service.js';
import { StandingService } from './standing.service.js';
import { UserActivity } from './user-activity.entity.js';
import { User } from './user.entity.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([User, UserActivity, StoredHold]), ThrottlingModule],
  controllers: [UsersController],
  providers: [
    UsersService,
    AccountPicturesRepository,
    AccountPicturesService,
    ContactsRepository,
    ContactsService,
    ProfileService,
    StandingService,
    UsersRepository,
  ],
  exports: [UsersService, AccountPicturesService, ContactsService, ProfileService, StandingService],
})
export class UsersModule {}
