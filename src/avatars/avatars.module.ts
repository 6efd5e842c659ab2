import { Module } from '@nestjs/common';
import { StorageModule } from '../storage/storage.module.js';
import { UsersModule } from '../users/users.module.js';
import { AvatarCollector } from './avatar-collector.service.js';
import { AvatarFilesController } from './avatar-files.controller.js';
import { AvatarsController } from './avatars.controller.js';
import { AvatarsService } from './avatars.service.js';

@Module({
  imports: [UsersModule, StorageModule],
  controllers: [AvatarsController, AvatarFilesController],
  providers: [AvatarsService, AvatarCollector],
  exports: [AvatarsService],
})
export class AvatarsModule {}
