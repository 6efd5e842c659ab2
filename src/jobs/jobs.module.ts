import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { Settings } from '../config/settings.js';
import { JobWorker, JobWorkerOptions } from './job-worker.js';
import { WorkerTasks } from './worker-tasks.js';
import { WorkerWatch } from './worker-watch.js';
import { Worker } from './worker.entity.js';

const HEARTBEAT_MS = 10_000;
const DRAIN_MS = 5_000;

/** The durable queue. A room that queues work injects `WorkerTasks`. */
@Module({})
export class JobsModule {
  static register(settings: Settings): DynamicModule {
    return {
      module: JobsModule,
      global: true,
      imports: [TypeOrmModule.forFeature([Worker])],
      providers: [
        {
          provide: JobWorkerOptions,
          useValue: { enabled: settings.MAIL_WORKER === 'on', heartbeatMs: HEARTBEAT_MS, drainMs: DRAIN_MS } satisfies JobWorkerOptions,
        },
        JobWorker,
        WorkerTasks,
        WorkerWatch,
      ],
      exports: [WorkerTasks],
    };
  }
}
