import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { WorkerTasks } from '../jobs/worker-tasks.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import { EndpointsRepository } from './endpoints.repository.js';

/** What the queue does every few seconds: deletes old deliveries, and endpoints of commands that no longer listen. */
@Injectable()
export class WebhookJobs implements OnModuleInit {
  constructor(
    private readonly tasks: WorkerTasks,
    private readonly deliveries: DeliveriesRepository,
    private readonly endpoints: EndpointsRepository,
    private readonly settings: Settings,
  ) {}

  onModuleInit(): void {
    const { WEBHOOK_RETENTION_DAYS: days } = this.settings;
    this.tasks.addChore(() => this.deliveries.purge(days));
    this.tasks.addChore(() => this.deliveries.purgeForgotten(days));
    this.tasks.addChore(() => this.endpoints.deleteSilent());
  }
}
