import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Settings } from '../config/settings.js';
import { dataSourceOptions } from './data-source.js';
import { CapacityWatch } from './capacity-watch.service.js';
import { DatabaseClock } from './feed/database-clock.js';
import { DatabaseFeed } from './feed/database-feed.service.js';
import { DatabaseService } from './database.service.js';
import { ReplicaReads } from './replica-reads.service.js';

/** A request stops waiting for a connection early; a start on a busy machine should wait longer. */
const START_RETRIES = 4;
const START_RETRY_MS = 500;

/** The connection to PostgreSQL. Knows no entity: each room registers its own. */
@Module({})
export class DatabaseModule {
  static register(): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      imports: [
        TypeOrmModule.forRootAsync({
          inject: [Settings],
          useFactory: (settings: Settings) => ({
            ...dataSourceOptions(settings),
            autoLoadEntities: true,
            retryAttempts: START_RETRIES,
            retryDelay: START_RETRY_MS,
          }),
        }),
      ],
      providers: [DatabaseService, DatabaseClock, DatabaseFeed, ReplicaReads, CapacityWatch],
      exports: [DatabaseService, DatabaseClock, DatabaseFeed, ReplicaReads],
    };
  }
}
