import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WorkerEvents } from 'graphile-worker';
import type { Settings } from '../../../src/config/settings.js';
import { JobWorker } from '../../../src/jobs/job-worker.js';
import { WorkerTasks } from '../../../src/jobs/worker-tasks.js';
import type { WorkerWatch } from '../../../src/jobs/worker-watch.js';
import { poll } from '../../support/poll.js';

/** A pool of graphile-worker that never ends, as when the database is lost at the wrong moment. */
interface EndlessPool {
  events: WorkerEvents;
  id: string;
  stopped: boolean;
}

const { pools, run, working } = vi.hoisted(() => {
  const started: EndlessPool[] = [];
  /** What the pools say again and again. */
  const saying: { event?: 'worker:getJob:empty' | 'job:start' } = {};
  return {
    pools: started,
    working: saying,
    run: ({ events }: { events: WorkerEvents }) => {
      const pool = { events, id: `pool-${started.length}`, stopped: false };
      started.push(pool);
      events.emit('pool:create', { workerPool: { id: pool.id } } as never);
      const speaking = setInterval(() => saying.event !== undefined && events.emit(saying.event, {} as never), 1);
      const stop = (): Promise<never> => {
        pool.stopped = true;
        clearInterval(speaking);
        return new Promise<never>(() => {});
      };
      return Promise.resolve({ promise: new Promise<never>(() => {}), stop });
    },
  };
});
vi.mock('graphile-worker', async (original) => ({ ...(await original<object>()), run }));

describe('the worker of the queue', () => {
  let beats: string[];
  let left: string[];
  let worker: JobWorker;
  beforeEach(() => {
    beats = [];
    left = [];
    pools.length = 0;
    delete working.event;
    const watch = {
      beat: (id: string) => Promise.resolve(void beats.push(id)),
      leave: (id: string) => Promise.resolve(void left.push(id)),
    } as unknown as WorkerWatch;
    const settings = { DATABASE_URL: 'postgres://127.0.0.1:1/none' } as Settings;
    worker = new JobWorker(watch, settings, { enabled: true, heartbeatMs: 5, drainMs: 10 }, new WorkerTasks());
    worker.onApplicationBootstrap();
  });
  afterEach(() => worker.stop());

  const first = (): Promise<EndlessPool> => poll('a pool', () => pools[0]);

  it.each(['worker:getJob:empty', 'job:start'] as const)('shows that it lives by asking for jobs (%s)', async (event) => {
    working.event = event;
    const { id } = await first();
    await poll('beats', () => (beats.length >= 10 ? true : undefined));
    expect(new Set(beats)).toEqual(new Set([id]));
    expect(left).toEqual([]);
  });

  it('replaces a pool that asks for no jobs, without a sign of life of it', async () => {
    const { id } = await first();
    await poll('another pool', () => pools[1]);
    expect(beats).toEqual([]);
    expect(pools[0]?.stopped).toBe(true);
    expect(left).toEqual([id]);
  });

  it('replaces a pool that wants to end and never does', async () => {
    const { events, id } = await first();
    events.emit('pool:gracefulShutdown', {} as never);
    await poll('another pool', () => pools[1]);
    expect(left).toEqual([id]);
  });

  it('stops although its pool does not', async () => {
    const { id } = await first();
    await worker.stop();
    expect(pools[0]?.stopped).toBe(true);
    expect(left).toEqual([id]);
    expect(pools).toHaveLength(1);
  });
});
