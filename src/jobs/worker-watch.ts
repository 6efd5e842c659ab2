import { Injectable } from '@nestjs/common';
import { NOW, olderThan } from '../database/conditions.js';
import { DatabaseService } from '../database/database.service.js';
import { Worker } from './worker.entity.js';

/** A worker without a heartbeat for this long counts as dead. */
const SILENCE_SECONDS = 60;

/**
 * Tracks the running worker pools. graphile-worker frees the jobs of a dead worker only after 4 hours (its `resetLockedAt`); with
 * heartbeats it takes a minute. A worker that only stalled keeps its work through the leases of the tasks.
 */
@Injectable()
export class WorkerWatch {
  constructor(private readonly database: DatabaseService) {}

  /** Records a heartbeat of the worker pool `id`, and frees the jobs of silent pools, for the named tasks. */
  async beat(id: string, tasks: readonly string[]): Promise<void> {
    await this.workers.upsert({ id, seenAt: NOW }, ['id']);
    await this.workers.delete({ seenAt: olderThan(SILENCE_SECONDS) });
    // Also frees the jobs of a worker that died before its first heartbeat.
    await this.database.query(
      `SELECT graphile_worker.force_unlock_workers(array_agg(DISTINCT locked_by))
       FROM graphile_worker.jobs j
       WHERE task_identifier = ANY ($1) AND locked_at < now() - make_interval(secs => $2)
         AND NOT EXISTS (SELECT FROM mail_workers w WHERE w.id = j.locked_by)
       HAVING count(*) > 0`,
      [tasks, SILENCE_SECONDS],
    );
  }

  /** Records that the worker pool has ended, and frees the jobs that it could not finish. */
  async leave(id: string): Promise<void> {
    await this.workers.delete({ id });
    await this.database.query('SELECT graphile_worker.force_unlock_workers(ARRAY[$1::text])', [id]);
  }

  private get workers() {
    return this.database.repo(Worker);
  }
}
