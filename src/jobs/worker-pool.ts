import { EventEmitter } from 'node:events';
import { type Logger, type Runner, type TaskList, type WorkerEvents, run } from 'graphile-worker';
import type { PatientPool } from '../database/silence.js';

/** How long a pool may take to end after it has told its running jobs to stop, ms. */
const GRACE_MS = 1_000;

/** What a pool needs to run. */
export interface WorkerPoolOptions {
  /** Jobs that run at the same time. */
  concurrency: number;
  /** How long a stop waits for running jobs before it tells them to stop, ms. */
  drainMs: number;
  logger: Logger;
  taskList: TaskList;
}

/**
 * One worker pool of graphile-worker that always ends. graphile-worker's own promise may never settle when the database is lost at the
 * wrong moment, for example while it stores that a job is done.
 */
export class WorkerPool {
  /** graphile-worker's name for it; empty until it runs. */
  id = '';
  private polls = 0;
  private pollsSeen = 0;
  private runner: Runner | undefined;
  private stopping = false;
  private ended = false;
  private overdue: NodeJS.Timeout | undefined;
  private abandon!: (reason: Error) => void;
  private readonly abandoned = new Promise<never>((_, reject) => (this.abandon = reject));

  constructor(
    private readonly connections: PatientPool,
    private readonly options: WorkerPoolOptions,
  ) {
    this.abandoned.catch(() => {});
  }

  /** Runs jobs until `stop`, or until graphile-worker gives up; rejects with the reason unless it ended well. */
  async run(): Promise<void> {
    try {
      await Promise.race([this.follow(), this.abandoned]);
    } finally {
      this.ended = true;
      clearTimeout(this.overdue);
    }
  }

  /** Takes no more jobs. `run` settles after `drainMs` and a second, whether or not graphile-worker has ended and the database answers. */
  stop(): void {
    if (this.ended) return;
    this.stopping = true;
    this.limitEnd();
    this.runner?.stop().catch(() => {});
  }

  /** Whether the database has answered, since the last call, that there is a job or that there is none. */
  hasPolled(): boolean {
    const polled = this.polls > this.pollsSeen;
    this.pollsSeen = this.polls;
    return polled;
  }

  private async follow(): Promise<void> {
    const { concurrency, drainMs, logger, taskList } = this.options;
    this.runner = await run({
      pgPool: this.connections,
      concurrency,
      noHandleSignals: true,
      gracefulShutdownAbortTimeout: drainMs,
      logger,
      events: this.listen(),
      // Not for speed: only in batch mode does graphile-worker notice that it cannot store the result of a job, and end; `JobWorker`
      // starts another pool, and the job is freed like that of a dead worker. Without batches the failure would be an unhandled rejection,
      // which ends the process, and the job would stay locked for hours.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      taskList,
    });
    // Asked for while it started; nobody may be waiting any more.
    if (this.stopping || this.ended) this.runner.stop().catch(() => {});
    await this.runner.promise;
  }

  private listen(): WorkerEvents {
    const events = new EventEmitter() as WorkerEvents;
    events.on('pool:create', ({ workerPool }) => (this.id = workerPool.id));
    for (const answer of ['worker:getJob:empty', 'job:start'] as const) events.on(answer, () => (this.polls += 1));
    events.on('pool:gracefulShutdown', () => this.limitEnd());
    return events;
  }

  private limitEnd(): void {
    if (this.ended) return;
    this.overdue ??= setTimeout(() => {
      this.connections.cut();
      this.abandon(new Error('the worker pool did not end by itself'));
    }, this.options.drainMs + GRACE_MS);
  }
}
