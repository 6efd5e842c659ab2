import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { Settings } from '../config/settings.js';
import { JobWorker, JobWorkerOptions } from './job-worker.js';
import { WorkerTasks } from './worker-tasks.js';
import { WorkerWatch } from './worker-watch.js';
import { Worker } from './worker.entity.js';

/** The durable queue. A room that queues work injects `WorkerTasks`. */
@Module({})
export class JobsModule {
  static register(settings: Settings): DynamicModule {
    return {
      module: JobsModule,
      global: true,
      imports: [TypeOrmModule.forFeature([Worker])],
      providers: [
        { provide: JobWorkerOptions, useValue: { enabled: settings.MAIL_WORKER === 'on' } satisfies JobWorkerOptions },
        JobWorker,
        WorkerTasks,
        WorkerWatch,
      ],
      exports: [WorkerTasks],
    };
  }
}
