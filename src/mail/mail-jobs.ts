import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { WorkerTasks } from '../jobs/worker-tasks.js';
import { DeliveryService } from './delivery.service.js';
import { MailRepository, SEND_MAIL_TASK } from './mail.repository.js';

/** A mail this long overdue has lost its job, seconds. */
const FORGOTTEN_SECONDS = 120;

/** How long a mail that was sent stays on record, for questions of support. */
const KEEP_DAYS = 30;

/** What the queue does for mail: it sends single mails, finds those whose job was lost, and deletes old ones. */
@Injectable()
export class MailJobs implements OnModuleInit {
  private readonly logger = new Logger('Mail');

  constructor(
    private readonly tasks: WorkerTasks,
    private readonly delivery: DeliveryService,
    private readonly mails: MailRepository,
  ) {}

  onModuleInit(): void {
    this.tasks.add(SEND_MAIL_TASK, ({ id }, stop) => this.delivery.deliver(id, stop));
    this.tasks.addChore(() => this.requeueForgotten());
    this.tasks.addChore(() => this.mails.purge(KEEP_DAYS));
  }

  private async requeueForgotten(): Promise<void> {
    const found = await this.mails.requeueForgotten(FORGOTTEN_SECONDS);
    if (found > 0) this.logger.warn(`${found} mails had no job any more and got new ones`);
  }
}
