import { Module } from '@nestjs/common';
import { UsersModule } from '../users.module.js';
import { DirectoryRepository } from './directory.repository.js';
import { DirectoryService } from './directory.service.js';

/** Lists of accounts with search, filters and pages. */
@Module({
  imports: [UsersModule],
  providers: [DirectoryRepository, DirectoryService],
  exports: [DirectoryService],
})
export class DirectoryModule {}
