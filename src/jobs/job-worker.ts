import { EventEmitter } from 'node:events';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Logger as WorkerLogger, type Runner, type WorkerEvents, run } from 'graphile-worker';
import { pause } from '../common/pause.js';
import { Settings } from '../config/settings.js';
import { PatientPool } from '../database/silence.js';
import { WorkerWatch } from './worker-watch.js';
import { describeError } from './describe-error.js';
import { WorkerTasks } from './worker-tasks.js';

/** Jobs that one node runs at the same time. */
export const JOB_CONCURRENCY = 4;

/** One connection for each running job, and one that listens for new jobs. */
const POOL_SIZE = JOB_CONCURRENCY + 1;

const HEARTBEAT_MS = 10_000;

/** How long a shutdown waits for running jobs before it tells them to stop, ms. */
const DRAIN_MS = 5_000;

/** How long the database may take for one answer before the pool drops the connection, ms. Each statement handles one job. */
const SILENCE_MS = 12_000;

/** How long a shutdown waits until it has told the database, ms. */
const FAREWELL_MS = 1_000;

const MIN_RESTART_MS = 1_000;
const MAX_RESTART_MS = 30_000;

/** Whether this process runs jobs, or only queues them for other nodes. */
export abstract class JobWorkerOptions {
  abstract readonly enabled: boolean;
}

/** Runs the jobs of the queue, with graphile-worker inside this process, as long as the application runs. */
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

  /** Takes no more jobs and waits for the running ones, a few seconds at most; does not wait for a database that does not answer. */
  async stop(): Promise<void> {
    this.stopping.abort();
    const overdue = setTimeout(() => this.pool?.cut(), DRAIN_MS + FAREWELL_MS);
    await this.runner?.stop().catch(() => {});
    await this.running;
    clearTimeout(overdue);
  }

  /** graphile-worker ends when it loses the database; this class starts it again. */
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

  /** Runs one worker pool until it is stopped or fails. */
  private async runOnce(): Promise<void> {
    const options = {
      // It listens and prepares statements, which does not work through poolers.
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
        // Not for speed: only in batch mode does graphile-worker notice that it cannot store the result of a job, and end; this class
        // starts it again, and the job is freed like that of a dead worker. Without batches the failure would be an unhandled rejection,
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

/** Writes graphile-worker's log into ours. Its level "info" has a line per job. */
function bridge(logger: Logger): WorkerLogger {
  return new WorkerLogger(() => (level, message) => {
    if (level === 'error') logger.error(message);
    else if (level === 'warning') logger.warn(message);
    else logger.debug(message);
  });
}
