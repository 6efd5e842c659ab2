import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Logger as WorkerLogger } from 'graphile-worker';
import { pause } from '../common/pause.js';
import { Settings } from '../config/settings.js';
import { connectionTo } from '../database/servers.js';
import { PatientPool } from '../database/silence.js';
import { describeError } from './describe-error.js';
import { WorkerPool } from './worker-pool.js';
import { WorkerTasks } from './worker-tasks.js';
import { WorkerWatch } from './worker-watch.js';

/** Intervals without a poll after which a pool is replaced. Together longer than all jobs may take, for a pool that is full polls nothing. */
const IDLE_INTERVALS = 6;

/** How long the database may take for one answer before the pool drops the connection, ms. Each statement handles one job. */
const SILENCE_MS = 12_000;

/** How long a shutdown waits until it has told the database, ms. */
const FAREWELL_MS = 1_000;

const MIN_RESTART_MS = 1_000;
const MAX_RESTART_MS = 30_000;

/** How this process runs jobs. */
export abstract class JobWorkerOptions {
  /** Otherwise it only queues them for other nodes. */
  abstract readonly enabled: boolean;
  /** How often a pool that works says so, ms. */
  abstract readonly heartbeatMs: number;
  /** How long a stop waits for running jobs before it tells them to stop, ms. */
  abstract readonly drainMs: number;
}

/** Runs the jobs of the queue, with graphile-worker inside this process, as long as the application runs. */
@Injectable()
export class JobWorker implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('JobWorker');
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private pool: WorkerPool | undefined;

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
    this.pool?.stop();
    await this.running;
  }

  /** A pool ends when it loses the database; this method starts the next one. */
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

  /** Runs one worker pool until it is stopped, fails, or asks for no more jobs. */
  private async runOnce(): Promise<void> {
    const connections = this.connect();
    const pool = (this.pool = new WorkerPool(connections, {
      concurrency: this.settings.MAIL_CONCURRENCY,
      drainMs: this.options.drainMs,
      logger: bridge(this.logger),
      taskList: this.tasks.list(),
    }));
    const watchdog = setInterval(this.watchdogOf(pool), this.options.heartbeatMs);
    try {
      await pool.run();
    } finally {
      clearInterval(watchdog);
      const left = new AbortController();
      const leaving = this.watch.leave(pool.id).catch(() => {});
      await Promise.race([leaving.finally(() => left.abort()), pause(FAREWELL_MS, left.signal)]);
      await connections.close();
    }
  }

  private connect(): PatientPool {
    const options = {
      // It listens and prepares statements, which does not work through poolers.
      ...connectionTo(this.settings.DATABASE_DIRECT_URL ?? this.settings.DATABASE_URL),
      // One connection for each running job, and one that listens for new jobs.
      max: this.settings.MAIL_CONCURRENCY + 1,
      application_name: 'latchkey-mail',
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
    };
    const connections = new PatientPool(options, SILENCE_MS);
    const note = (error: Error) => this.logger.warn(`A connection of the job worker was lost: ${error.message}`);
    connections.on('error', note).on('connect', (client) => client.on('error', note));
    return connections;
  }

  /** Once in an interval: a heartbeat of a pool that has asked for jobs; none of one that has not, which is replaced in the end. */
  private watchdogOf(pool: WorkerPool): () => void {
    let idle = 0;
    return () => {
      idle = pool.hasPolled() ? 0 : idle + 1;
      if (idle === 0) void this.housekeep(pool.id);
      if (idle !== IDLE_INTERVALS) return;
      this.logger.warn('The job worker has stopped asking for jobs; it is replaced');
      pool.stop();
    };
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
