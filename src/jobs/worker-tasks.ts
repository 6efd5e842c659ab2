import { Injectable } from '@nestjs/common';
import type { TaskList } from 'graphile-worker';

/** What a job is about; everything else is read when it is done. */
export interface JobPayload {
  id: string;
}

/** Does one job. A rejection has it tried again later; `stop` ends an attempt early, as when the server shuts down. */
export type JobHandler = (payload: JobPayload, stop: AbortSignal | undefined) => Promise<void>;

/** What the queue can do. Mail, text messages and others add their work here, so that one worker pool does it all. */
@Injectable()
export class WorkerTasks {
  private readonly handlers = new Map<string, JobHandler>();
  private readonly regular: (() => Promise<void>)[] = [];

  /** Call in a constructor or `onModuleInit`: work starts after those. */
  add(task: string, handler: JobHandler): void {
    this.handlers.set(task, handler);
  }

  /** Adds something that is done every few seconds while a pool lives, beside its jobs. */
  addChore(chore: () => Promise<void>): void {
    this.regular.push(chore);
  }

  chores(): readonly (() => Promise<void>)[] {
    return this.regular;
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
