import { Injectable } from '@nestjs/common';
import type { TaskList } from 'graphile-worker';

/** What a job is about; everything else is read when it is done. */
export interface JobPayload {
  id: string;
}

/** Does one job. A rejection has it tried again later; `stop` ends an attempt early, as when the server shuts down. */
export type JobHandler = (payload: JobPayload, stop: AbortSignal | undefined) => Promise<void>;

/** What the queue of the outbox can do. Other modules add work of their own here, so that one worker pool does it all. */
@Injectable()
export class WorkerTasks {
  private readonly handlers = new Map<string, JobHandler>();

  /** Call in a constructor or `onModuleInit`: work starts after those. */
  add(task: string, handler: JobHandler): void {
    this.handlers.set(task, handler);
  }

  names(): string[] {
    return [...this.handlers.keys()];
  }

  /** In the form in which graphile-worker wants it. */
  list(): TaskList {
    return Object.fromEntries(
      [...this.handlers].map(
        ([name, handle]) => [name, (payload, { abortSignal }) => handle(payload as JobPayload, abortSignal)] as TaskEntry,
      ),
    );
  }
}

type TaskEntry = [string, NonNullable<TaskList[string]>];
