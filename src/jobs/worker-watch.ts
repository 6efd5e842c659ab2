import { Injectable } from '@nestjs/common';
import { NOW, olderThan } from '../database/conditions.js';
import { DatabaseService } from '../database/database.service.js';
import { Worker } from './worker.entity.js';

/** A worker that has not been heard of for this long is taken for dead. */
const SILENCE_SECONDS = 60;

/**
 * Which worker pools are at work. graphile-worker gives a dead worker's jobs to others only after 4 hours (its `resetLockedAt`);
 * heartbeats tell within a minute. A worker that only stalled keeps its work by the leases of its customers.
 */
@Injectable()
export class WorkerWatch {
  constructor(private readonly database: DatabaseService) {}

  /** Notes that the worker pool `id` lives, and frees the jobs of those that are silent, of the tasks that are named. */
  async beat(id: string, tasks: readonly string[]): Promise<void> {
    await this.workers.upsert({ id, seenAt: NOW }, ['id']);
    await this.workers.delete({ seenAt: olderThan(SILENCE_SECONDS) });
    // Also frees those of a worker that died before its first heartbeat.
    await this.database.query(
      `SELECT graphile_worker.force_unlock_workers(array_agg(DISTINCT locked_by))
       FROM graphile_worker.jobs j
       WHERE task_identifier = ANY ($1) AND locked_at < now() - make_interval(secs => $2)
         AND NOT EXISTS (SELECT FROM mail_workers w WHERE w.id = j.locked_by)
       HAVING count(*) > 0`,
      [tasks, SILENCE_SECONDS],
    );
  }

  /** The worker pool has ended and holds nothing any more. */
  async leave(id: string): Promise<void> {
    await this.workers.delete({ id });
  }

  private get workers() {
    return this.database.repo(Worker);
  }
}
