import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Settings } from '../config/settings.js';
import { dataSourceOptions } from './data-source.js';
import { DatabaseClock } from './database-clock.js';
import { DatabaseFeed } from './database-feed.service.js';
import { DatabaseService } from './database.service.js';

/** The connection to PostgreSQL. Knows no entity: each feature module registers its own. */
@Module({})
export class DatabaseModule {
  static register(): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      imports: [
        TypeOrmModule.forRootAsync({
          inject: [Settings],
          useFactory: (settings: Settings) => ({ ...dataSourceOptions(settings), autoLoadEntities: true, retryAttempts: 0 }),
        }),
      ],
      providers: [DatabaseService, DatabaseClock, DatabaseFeed],
      exports: [DatabaseService, DatabaseClock, DatabaseFeed],
    };
  }
}
