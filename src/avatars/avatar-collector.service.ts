import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { BlobStorage } from '../storage/blob-storage.js';
import { AVATARS_PREFIX, AvatarsService, nameOf } from './avatars.service.js';

/** Delay of the first run, short enough that a server that is restarted every night collects as well. */
const FIRST_MS = 10 * 60 * 1_000;
const INTERVAL_MS = 6 * 60 * 60 * 1_000;
/**
 * A file younger than this may belong to an upload in progress, or be a replaced picture that a restored database refers to, ms: a day, which
 * is how often backups are usually made.
 */
const GRACE_MS = 24 * 60 * 60 * 1_000;
const BATCH = 200;

/**
 * Deletes pictures that belong to no account: replaced ones, and those left behind by a crash between storing a file and committing the
 * account's row.
 */
@Injectable()
export class AvatarCollector implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Avatars');
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly storage: BlobStorage,
    private readonly avatars: AvatarsService,
  ) {}

  onApplicationBootstrap(): void {
    this.schedule(FIRST_MS);
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.working;
  }

  /** Checks all stored pictures once. @returns the number of deleted ones */
  async collect(): Promise<number> {
    let deleted = 0;
    let batch = new Set<string>();
    for await (const { key, modifiedAt } of this.storage.list(AVATARS_PREFIX)) {
      if (this.stopped) return deleted;
      const name = nameOf(key);
      if (name === null || Date.now() - modifiedAt.getTime() < GRACE_MS) continue;
      batch.add(name);
      if (batch.size < BATCH) continue;
      deleted += await this.avatars.discardUnused([...batch]);
      batch = new Set();
    }
    if (batch.size > 0) deleted += await this.avatars.discardUnused([...batch]);
    return deleted;
  }

  private schedule(ms: number): void {
    this.timer = setTimeout(() => {
      this.working = this.run().finally(() => {
        if (!this.stopped) this.schedule(INTERVAL_MS);
      });
    }, ms).unref();
  }

  private async run(): Promise<void> {
    try {
      await this.collect();
    } catch (error) {
      this.logger.warn({ msg: 'Pictures that nobody has were not all collected', err: error });
    }
  }
}
