import { Injectable, Logger } from '@nestjs/common';
import PQueue from 'p-queue';
import { AuditService } from '../audit/audit.service.js';
import type { Caller } from '../common/caller.js';
import { BusyError, UnauthenticatedError, UnavailableError } from '../common/errors.js';
import { DatabaseService } from '../database/database.service.js';
import { BlobStorage } from '../storage/blob-storage.js';
import { ThrottleService } from '../throttling/throttle.service.js';
import { AccountPicturesService } from '../users/account-pictures.service.js';
import { DEFAULT_FILE, defaultPicture } from './default-picture.js';
import { type Picture, toPicture } from './picture.js';

/** Where pictures are among the stored files. */
export const AVATARS_PREFIX = 'avatars/';

export const AVATAR_CONTENT_TYPE = 'image/jpeg';

/** File names under which a picture is asked for: its content's name, with `-small` for the small one. */
const FILE_NAME = /^([\da-f]{32})(-small)?\.jpg$/;

/**
 * Uploads that are worked on at a time. Decoding one takes up to some 150 MB, and storing it holds a connection of the database's
 * pool: a store that hangs must not take them all.
 */
const CONCURRENCY = 2;

/** Most uploads that are being received, waiting or worked on: each holds its file in memory. Of one account so many at a time. */
const MAX_UPLOADS = 24;
const MAX_UPLOADS_OF_ONE = 4;

/** How long after it was made an account can be given its first picture by whoever made it, seconds. */
const FIRST_PICTURE_SECONDS = 30 * 60;

/** How a picture is set. */
export interface SetAvatar {
  /** What is to change together with the picture, in one transaction: both or neither. */
  along?: () => Promise<unknown>;
  /** Who does it, if not the account's owner; null for a stranger. */
  actorId?: string | null;
}

/**
 * Advisory locks, one per picture: shared by uploads of it, exclusive for whoever deletes it. Else it could be deleted between an
 * upload that stored it and the account that is about to have it.
 */
const LOCKS = 'latchkey:avatars';

/** Gives the account the stored picture, in the transaction of the upload. @returns the name of the one it had */
type Change = (name: string) => Promise<string | null>;

/** Pictures of accounts. A file is named by its content and never changes, so it can be cached for ever. */
@Injectable()
export class AvatarsService {
  private readonly logger = new Logger('Avatars');
  private readonly queue = new PQueue({ concurrency: CONCURRENCY });
  /** Whose uploads are under way. */
  private readonly uploads: string[] = [];

  constructor(
    private readonly pictures: AccountPicturesService,
    private readonly storage: BlobStorage,
    private readonly throttle: ThrottleService,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Gives an account the uploaded picture. When anything fails it keeps the one it had. Not to be called in a transaction.
   * @param upload the file, or what receives it, called only if there is room for it
   * @throws UnsupportedMediaTypeError, InvalidRequestError, StorageFullError, UnavailableError, BusyError, ThrottledError,
   *   UserNotFoundError
   */
  set(
    userId: string,
    upload: Buffer | (() => Promise<Buffer>),
    caller?: Caller,
    { along, actorId = userId }: SetAvatar = {},
  ): Promise<void> {
    return this.take(userId, upload, caller, async (name) => {
      const former = await this.change(userId, name, caller, actorId);
      await along?.();
      return former;
    });
  }

  /**
   * The same without anybody being signed in, for apps that send the picture right after registering: taken once, by an account that
   * is new and of which no address or number is proven.
   * @throws UnauthenticatedError for any other account, and when another upload was faster; else as `set`
   */
  async setFirst(userId: string, upload: Buffer, caller: Caller): Promise<void> {
    // Before any work, and before it counts as an upload of the account's.
    if (!(await this.pictures.mayHaveFirst(userId, FIRST_PICTURE_SECONDS))) throw new UnauthenticatedError();
    await this.take(userId, upload, caller, async (name) => {
      if (!(await this.pictures.setFirst(userId, name, FIRST_PICTURE_SECONDS))) throw new UnauthenticatedError();
      await this.recordChange(userId, caller, null);
      return null;
    });
  }

  /** Takes an account's picture away. @throws UserNotFoundError */
  async remove(userId: string, caller?: Caller): Promise<void> {
    await this.discard(await this.database.transaction(() => this.change(userId, null, caller)));
  }

  /**
   * The content of a picture's file: of one that is named in an account's `avatar`, or of `default.jpg`. Null for any other name.
   * @throws UnavailableError
   */
  async read(fileName: string): Promise<Buffer | null> {
    if (fileName === DEFAULT_FILE) return defaultPicture();
    return FILE_NAME.test(fileName) ? this.storage.read(AVATARS_PREFIX + fileName) : null;
  }

  /**
   * Deletes a picture unless an account has it; to be called after the change that gave it up is committed. Never fails: that
   * change is done, and what is left behind is collected later.
   */
  async discard(name: string | null): Promise<void> {
    if (name === null) return;
    try {
      await this.discardUnused([name]);
    } catch (error) {
      this.logger.warn({ msg: 'A picture that nobody has could not be deleted yet', err: error });
    }
  }

  /** Deletes those of the pictures that no account has. @returns how many */
  async discardUnused(names: readonly string[]): Promise<number> {
    const used = new Set(await this.pictures.findInUse(names));
    let deleted = 0;
    for (const name of names) if (!used.has(name) && (await this.deleteUnused(name))) deleted += 1;
    return deleted;
  }

  private async take(userId: string, upload: Buffer | (() => Promise<Buffer>), caller: Caller | undefined, change: Change): Promise<void> {
    if (this.uploads.length >= MAX_UPLOADS || this.uploads.filter((id) => id === userId).length >= MAX_UPLOADS_OF_ONE)
      throw new BusyError();
    this.uploads.push(userId);
    try {
      await this.throttle.take({ limit: 'upload', of: userId }, caller);
      const file = Buffer.isBuffer(upload) ? upload : await upload();
      const replaced = await this.queue.add(async () => this.replace(await toPicture(file), change));
      await this.discard(replaced);
    } finally {
      this.uploads.splice(this.uploads.indexOf(userId), 1);
    }
  }

  private async replace(picture: Picture, change: Change): Promise<string | null> {
    try {
      const former = await this.database.transaction(async () => {
        await this.database.query('SELECT pg_advisory_xact_lock_shared(hashtext($1), hashtext($2))', [LOCKS, picture.name]);
        await this.storage.put(keyOf(picture.name, 'small'), picture.small, AVATAR_CONTENT_TYPE);
        await this.storage.put(keyOf(picture.name, 'large'), picture.large, AVATAR_CONTENT_TYPE);
        return change(picture.name);
      });
      return former === picture.name ? null : former;
    } catch (error) {
      // The account may have been deleted meanwhile: its owner was told that nothing is left of it.
      if (!(error instanceof UnavailableError)) await this.discard(picture.name);
      throw error;
    }
  }

  private deleteUnused(name: string): Promise<boolean> {
    return this.database.transaction(async () => {
      await this.database.query('SELECT pg_advisory_xact_lock(hashtext($1), hashtext($2))', [LOCKS, name]);
      // Only now: an upload that had the lock may have given it to an account.
      if ((await this.pictures.findInUse([name])).length > 0) return false;
      await this.storage.delete(keyOf(name, 'large'));
      await this.storage.delete(keyOf(name, 'small'));
      return true;
    });
  }

  private async change(userId: string, name: string | null, caller?: Caller, actorId: string | null = userId): Promise<string | null> {
    const former = await this.pictures.set(userId, name);
    await this.recordChange(userId, caller, actorId);
    return former;
  }

  private recordChange(userId: string, caller: Caller | undefined, actorId: string | null): Promise<void> {
    return this.audit.record({ action: 'avatar.changed', outcome: 'success', actorId, subjectId: userId, caller });
  }
}

/** The picture's name in a stored file's key; null for a file that is no picture. */
export function nameOf(key: string): string | null {
  return FILE_NAME.exec(key.slice(AVATARS_PREFIX.length))?.[1] ?? null;
}

function keyOf(name: string, size: 'large' | 'small'): string {
  return `${AVATARS_PREFIX}${name}${size === 'small' ? '-small' : ''}.jpg`;
}
