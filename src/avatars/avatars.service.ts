import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import PQueue from 'p-queue';
import { AuditService } from '../audit/audit.service.js';
import type { Caller } from '../common/caller.js';
import { BusyError } from '../common/errors.js';
import { DatabaseService } from '../database/database.service.js';
import { BlobStorage } from '../storage/blob-storage.js';
import { UsersService } from '../users/users.service.js';
import { type Picture, toPicture } from './picture.js';

/** Where pictures are among the stored files. */
export const AVATARS_PREFIX = 'avatars/';

export const AVATAR_CONTENT_TYPE = 'image/jpeg';

/** File names under which a picture is asked for: its content's name, with `-small` for the small one. */
const FILE_NAME = /^([\da-f]{32})(-small)?\.jpg$/;

/** Uploads that are decoded at a time, and that may wait: each holds some 100 MB at most. */
const CONCURRENCY = 2;
const MAX_WAITING = 16;

/**
 * Advisory lock on stored pictures: shared by uploads, exclusive for whoever deletes one. Else a picture could be deleted between
 * an upload that finds it there already and the account that is about to have it.
 */
const LOCK = 'latchkey:avatars';

/** Pictures of accounts. A file is named by its content and never changes, so it can be cached for ever. */
@Injectable()
export class AvatarsService {
  private readonly queue = new PQueue({ concurrency: CONCURRENCY });

  constructor(
    private readonly users: UsersService,
    private readonly storage: BlobStorage,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Gives an account the uploaded picture. When anything fails it keeps the one it had.
   * @throws UnsupportedMediaTypeError, InvalidRequestError, StorageFullError, UnavailableError, BusyError, UserNotFoundError
   */
  async set(userId: string, upload: Buffer, caller?: Caller): Promise<void> {
    if (this.queue.size >= MAX_WAITING) throw new BusyError();
    const picture = await this.queue.add(() => toPicture(upload));
    const former = await this.database.transaction(async () => {
      await this.database.query('SELECT pg_advisory_xact_lock_shared(hashtext($1))', [LOCK]);
      await this.store(picture);
      return this.change(userId, picture.name, caller);
    });
    if (former !== picture.name) await this.discard(former);
  }

  /** Takes an account's picture away. @throws UserNotFoundError */
  async remove(userId: string, caller?: Caller): Promise<void> {
    await this.discard(await this.database.transaction(() => this.change(userId, null, caller)));
  }

  /** The content of a picture's file; null for any other name. @throws UnavailableError */
  async open(fileName: string): Promise<Readable | null> {
    return FILE_NAME.test(fileName) ? this.storage.open(AVATARS_PREFIX + fileName) : null;
  }

  /** Deletes a picture unless an account has it; to be called after the change that gave it up is committed. */
  async discard(name: string | null): Promise<void> {
    if (name !== null) await this.discardUnused([name]);
  }

  /** Deletes those of the pictures that no account has. @returns how many */
  async discardUnused(names: readonly string[]): Promise<number> {
    return this.database.transaction(async () => {
      await this.database.query('SELECT pg_advisory_xact_lock(hashtext($1))', [LOCK]);
      const used = new Set(await this.users.findAvatarsInUse(names));
      const unused = names.filter((name) => !used.has(name));
      for (const name of unused) {
        await this.storage.delete(keyOf(name, 'large'));
        await this.storage.delete(keyOf(name, 'small'));
      }
      return unused.length;
    });
  }

  private async store({ name, large, small }: Picture): Promise<void> {
    await this.storage.put(keyOf(name, 'small'), small, AVATAR_CONTENT_TYPE);
    await this.storage.put(keyOf(name, 'large'), large, AVATAR_CONTENT_TYPE);
  }

  private async change(userId: string, name: string | null, caller?: Caller): Promise<string | null> {
    const former = await this.users.setAvatar(userId, name);
    await this.audit.record({ action: 'avatar.changed', outcome: 'success', actorId: userId, subjectId: userId, caller });
    return former;
  }
}

/** The picture's name in a stored file's key; null for a file that is no picture. */
export function nameOf(key: string): string | null {
  return FILE_NAME.exec(key.slice(AVATARS_PREFIX.length))?.[1] ?? null;
}

function keyOf(name: string, size: 'large' | 'small'): string {
  return `${AVATARS_PREFIX}${name}${size === 'small' ? '-small' : ''}.jpg`;
}
