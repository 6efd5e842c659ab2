import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Settings } from '../config/settings.js';
import { dataSourceOptions } from './data-source.js';
import { CapacityWatch } from './capacity-watch.service.js';
import { DatabaseClock } from './feed/database-clock.js';
import { DatabaseFeed } from './feed/database-feed.service.js';
import { DatabaseService } from './database.service.js';
import { ReplicaReads } from './replica-reads.service.js';

/** How long a start waits for a new connection, ms; on a busy machine it takes longer than a request would wait. See `DatabaseService.serve`. */
const START_WAIT_MS = 10_000;
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
            connectTimeoutMS: START_WAIT_MS,
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
