import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { DatabaseService } from '../../database/database.service.js';
import { WorkerTasks } from '../../jobs/worker-tasks.js';
import { UsersService } from '../../users/users.service.js';
import type { Account } from '../../users/account.js';
import { type FactorWaiver, FactorWaivers } from '../authenticators/factor-waivers.service.js';
import { DelayedResetMails } from './delayed-reset-mails.service.js';
import { DelayedResetTexts } from './delayed-reset-texts.service.js';

const REMIND_TASK = 'remind_delayed_reset';
const OPEN_TASK = 'open_delayed_reset';

/** The part of the wait that is left at the reminder: 6 hours of a day. */
const REMINDED_PART = 0.25;

/** What happens during the wait for a reset without the second factor, as jobs of the durable queue. */
@Injectable()
export class DelayedResetJobs implements OnModuleInit {
  constructor(
    private readonly tasks: WorkerTasks,
    private readonly waivers: FactorWaivers,
    private readonly users: UsersService,
    private readonly mails: DelayedResetMails,
    private readonly texts: DelayedResetTexts,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  onModuleInit(): void {
    this.tasks.add(REMIND_TASK, ({ id }) => this.remind(id));
    this.tasks.add(OPEN_TASK, ({ id }) => this.open(id));
  }

  /** Tells the owner by text message, where that is possible, and queues the reminder and the end of the wait in the open transaction. */
  async plan({ id, dueAt }: Pick<FactorWaiver, 'id' | 'dueAt'>, account: Account): Promise<void> {
    await this.texts.tell(id, account);
    const remindAt = new Date(dueAt.getTime() - this.mails.waitSeconds * REMINDED_PART * 1_000);
    await this.database.query(
      `SELECT graphile_worker.add_job('${REMIND_TASK}', json_build_object('id', $1::text), run_at := $2::timestamptz),
              graphile_worker.add_job('${OPEN_TASK}', json_build_object('id', $1::text), run_at := $3::timestamptz)`,
      [id, remindAt, dueAt],
    );
  }

  /** Reminds the owner, if the wait still stands. */
  async remind(id: string): Promise<void> {
    await this.whileItStands(id, async ({ dueAt }, account) => {
      await this.mails.remind(account, dueAt);
      await this.texts.tell(id, account);
    });
  }

  /** Mails the link to choose a password, if the wait still stands. Of one that a used factor has ended, it puts that on record. */
  async open(id: string): Promise<void> {
    await this.whileItStands(id, async (waiver, account) => {
      // The clocks of the queue and of the row are the database's, but a job may be run early by hand.
      if (!waiver.isDue) throw new Error('The wait is not over');
      await this.mails.open(account);
      await this.audit.record({ action: 'password.delayed_reset_due', outcome: 'success', subjectId: account.id });
    });
    const userId = await this.waivers.clear(id);
    if (userId === null) return;
    const details = { reason: 'factor-used' };
    await this.audit.record({ action: 'password.delayed_reset_stopped', outcome: 'success', actorId: userId, subjectId: userId, details });
  }

  private async whileItStands(id: string, act: (waiver: FactorWaiver, account: Account) => Promise<void>): Promise<void> {
    await this.database.transaction(async () => {
      const waiver = await this.waivers.findById(id);
      if (waiver === null) return;
      const account = await this.users.findById(waiver.userId);
      if (account !== null && account.disabledAt === null) await act(waiver, account);
    });
  }
}
