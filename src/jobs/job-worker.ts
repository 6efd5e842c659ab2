import { EventEmitter } from 'node:events';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Logger as WorkerLogger, type Runner, type WorkerEvents, run } from 'graphile-worker';
import { pause } from '../common/pause.js';
import { Settings } from '../config/settings.js';
import { PatientPool } from '../database/silence.js';
import { WorkerWatch } from './worker-watch.js';
import { describeError } from './describe-error.js';
import { WorkerTasks } from './worker-tasks.js';

/** Jobs done at once by one node. */
export const JOB_CONCURRENCY = 4;

/** One connection for each job under way, and one that listens for new ones. */
const POOL_SIZE = JOB_CONCURRENCY + 1;

const HEARTBEAT_MS = 10_000;

/** How long a shutdown waits for jobs under way before it tells them to stop, ms. */
const DRAIN_MS = 5_000;

/** How long the database may take for one answer before the connection is given up, ms. Its statements take one job each. */
const SILENCE_MS = 12_000;

/** How long a shutdown waits for the database to hear of the end, ms. */
const FAREWELL_MS = 1_000;

const MIN_RESTART_MS = 1_000;
const MAX_RESTART_MS = 30_000;

/** Whether this process does jobs, or only queues them for others. */
export abstract class JobWorkerOptions {
  abstract readonly enabled: boolean;
}

/** Does the jobs of the queue: runs graphile-worker inside this process for as long as the application lives. */
@Injectable()
export class JobWorker implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('JobWorker');
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private runner: Runner | undefined;
  private pool: PatientPool | undefined;

  constructor(
    private readonly watch: WorkerWatch,
    private readonly settings: Settings,
    private readonly options: JobWorkerOptions,
    private readonly tasks: WorkerTasks,
  ) {}

  onApplicationBootstrap(): void {
    if (this.options.enabled) this.running ??= this.keepRunning();
  }

  onModuleDestroy(): Promise<void> {
    return this.stop();
  }

  /** Takes no more jobs and waits for those under way, a few seconds at most; a database that is silent is not waited for. */
  async stop(): Promise<void> {
    this.stopping.abort();
    const overdue = setTimeout(() => this.pool?.cut(), DRAIN_MS + FAREWELL_MS);
    await this.runner?.stop().catch(() => {});
    await this.running;
    clearTimeout(overdue);
  }

  /** graphile-worker ends when it loses the database; the work must go on. */
  private async keepRunning(): Promise<void> {
    let delay = MIN_RESTART_MS;
    while (!this.stopping.signal.aborted) {
      const startedAt = performance.now();
      try {
        await this.runOnce();
      } catch (error) {
        if (!this.stopping.signal.aborted) this.logger.warn(`Jobs are interrupted: ${describeError(error)}`);
      }
      delay = performance.now() - startedAt > MAX_RESTART_MS ? MIN_RESTART_MS : Math.min(delay * 2, MAX_RESTART_MS);
      await pause(delay, this.stopping.signal);
    }
  }

  /** One life of a worker pool, until it is stopped or breaks. */
  private async runOnce(): Promise<void> {
    const options = {
      // It listens and prepares statements, which poolers do not carry.
      connectionString: this.settings.DATABASE_DIRECT_URL ?? this.settings.DATABASE_URL,
      max: POOL_SIZE,
      application_name: 'latchkey-mail',
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
    };
    const pool = (this.pool = new PatientPool(options, SILENCE_MS));
    const note = (error: Error) => this.logger.warn(`A connection of the job worker was lost: ${error.message}`);
    pool.on('error', note).on('connect', (client) => client.on('error', note));
    const events = new EventEmitter() as WorkerEvents;
    let poolId = '';
    events.on('pool:create', ({ workerPool }) => (poolId = workerPool.id));
    let heartbeat: NodeJS.Timeout | undefined;
    try {
      this.runner = await run({
        pgPool: pool,
        concurrency: JOB_CONCURRENCY,
        noHandleSignals: true,
        gracefulShutdownAbortTimeout: DRAIN_MS,
        logger: bridge(this.logger),
        events,
        // Not for speed: only in batches graphile-worker notices that the outcome of a job cannot be written down, and ends; this class
        // starts it anew, and the job is freed as that of a dead worker. One by one, the failure would be an unhandled rejection,
        // which ends the process, and the job would stay locked for hours.
        preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
        taskList: this.tasks.list(),
      });
      if (this.stopping.signal.aborted) await this.runner.stop();
      void this.housekeep(poolId);
      heartbeat = setInterval(() => void this.housekeep(poolId), HEARTBEAT_MS);
      await this.runner.promise;
    } finally {
      clearInterval(heartbeat);
      this.runner = undefined;
      const left = new AbortController();
      const leaving = this.watch.leave(poolId).catch(() => {});
      await Promise.race([leaving.finally(() => left.abort()), pause(FAREWELL_MS, left.signal)]);
      await pool.close();
    }
  }

  private async housekeep(poolId: string): Promise<void> {
    try {
      await this.watch.beat(poolId, this.tasks.names());
      for (const chore of this.tasks.chores()) await chore();
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      this.logger.warn(`Housekeeping of the queue failed: ${describeError(error)}`);
    }
  }
}

/** graphile-worker's log in ours. Its "info" is a line per job. */
function bridge(logger: Logger): WorkerLogger {
  return new WorkerLogger(() => (level, message) => {
    if (level === 'error') logger.error(message);
    else if (level === 'warning') logger.warn(message);
    else logger.debug(message);
  });
}
