import { Injectable } from '@nestjs/common';
import type { TaskList } from 'graphile-worker';

/** The payload of a job; the task reads everything else when it runs. */
export interface JobPayload {
  id: string;
  /** Language of a text, where the reader's account has none. Jobs of older versions have none, too. */
  locale?: string | null;
}

/** Runs one job. After a rejection the queue retries it later; `stop` ends an attempt early, for example when the server shuts down. */
export type JobHandler = (payload: JobPayload, stop: AbortSignal | undefined) => Promise<void>;

/** The tasks of the queue. Mail, text messages and other rooms add their tasks here, so that one worker pool runs them all. */
@Injectable()
export class WorkerTasks {
  private readonly handlers = new Map<string, JobHandler>();
  private readonly regular: (() => Promise<void>)[] = [];

  /** Call it in a constructor or `onModuleInit`: the pool starts after those. */
  add(task: string, handler: JobHandler): void {
    this.handlers.set(task, handler);
  }

  /** Adds an act that runs every few seconds as long as a pool runs, next to its jobs. */
  addChore(chore: () => Promise<void>): void {
    this.regular.push(chore);
  }

  chores(): readonly (() => Promise<void>)[] {
    return this.regular;
  }

  names(): string[] {
    return [...this.handlers.keys()];
  }

  /** The tasks in graphile-worker's form. */
  list(): TaskList {
    return Object.fromEntries(
      [...this.handlers].map(
        ([name, handle]) => [name, (payload, { abortSignal }) => handle(payload as JobPayload, abortSignal)] as TaskEntry,
      ),
    );
  }
}

type TaskEntry = [string, NonNullable<TaskList[string]>];
