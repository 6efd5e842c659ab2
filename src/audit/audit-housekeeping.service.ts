import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { deleteInBatches } from '../database/old-rows.js';
import { AuditRepository } from './audit.repository.js';

const INTERVAL_MS = 10 * 60_000;

/** Maintains the monthly partitions: creates the next ones in advance and drops those older than the retention period. */
@Injectable()
export class AuditHousekeeping implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('AuditHousekeeping');
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> | undefined;
  private readonly stopping = new AbortController();

  constructor(
    private readonly events: AuditRepository,
    private readonly settings: Settings,
  ) {}

  /** Also at start: if the server was off for months, the current month has no partition, and events would go into the default one. */
  async onModuleInit(): Promise<void> {
    await this.attempt('Months of the audit log could not be made', () => this.events.makeMonths());
    this.timer = setInterval(() => {
      // A run may take longer than the time until the next one.
      this.working ??= this.run().finally(() => (this.working = undefined));
    }, INTERVAL_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    clearInterval(this.timer);
    await this.working;
  }

  /**
   * Creates the next partitions, drops those older than the retention period, and deletes the remaining old events in batches. Never fails.
   */
  async run(): Promise<void> {
    const { AUDIT_RETENTION_DAYS: days } = this.settings;
    await this.attempt('Months of the audit log could not be made', () => this.events.makeMonths());
    await this.attempt('Old audit events could not be deleted', async () => {
      await this.events.dropMonths(days);
      await deleteInBatches((from) => this.events.purgeBatch(days, from), this.stopping.signal);
    });
  }

  private async attempt(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.warn(`${what}: ${(error as Error).message}`);
    }
  }
}
