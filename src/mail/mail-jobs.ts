import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { WorkerTasks } from '../jobs/worker-tasks.js';
import { DeliveryService } from './delivery.service.js';
import { MailRepository, SEND_MAIL_TASK } from './mail.repository.js';

/** A mail that is overdue for this long has lost its job, seconds. */
const FORGOTTEN_SECONDS = 120;

/** How long the row of a sent mail is kept, for support. */
const KEEP_DAYS = 30;

/** The queue's tasks for mail: sends single mails, finds mails whose job was lost, and deletes old rows. */
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
