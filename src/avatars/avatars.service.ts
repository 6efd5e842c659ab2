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

/** Folder of pictures in the storage. */
export const AVATARS_PREFIX = 'avatars/';

export const AVATAR_CONTENT_TYPE = 'image/jpeg';

/** File names of pictures: the name derived from the content, with `-small` for the small size. */
const FILE_NAME = /^([\da-f]{32})(-small)?\.jpg$/;

/**
 * Uploads that are processed at the same time. Decoding one takes up to about 150 MB, and storing it holds a database connection: a storage
 * that hangs must not take all connections.
 */
const CONCURRENCY = 2;

/**
 * Maximum number of uploads that are being received, waiting or processed, because each holds its file in memory; and the maximum for one
 * account.
 */
const MAX_UPLOADS = 24;
const MAX_UPLOADS_OF_ONE = 4;

/** How long an account accepts its first picture without a token, where its contract promises that, seconds. */
const FIRST_PICTURE_SECONDS = 30 * 60;

/** Options for setting a picture. */
export interface SetAvatar {
  /** A change in the same transaction as the picture: both or neither. */
  along?: () => Promise<unknown>;
  /** The account that acts, if not the owner; null if nobody is signed in. */
  actorId?: string | null;
}

/**
 * Advisory locks, one per picture: shared by uploads of it, exclusive for its deletion. Otherwise a picture could be deleted after an
 * upload has stored it and before the account refers to it.
 */
const LOCKS = 'latchkey:avatars';

/** Gives the account the stored picture, in the transaction of the upload. @returns the name of the previous picture */
type Change = (name: string) => Promise<string | null>;

/** Rolls an upload back for an account that has a picture, or is gone. */
class HasPictureError extends Error {}

/** Pictures of accounts. A file is named by its content and never changes, so clients can cache it forever. */
@Injectable()
export class AvatarsService {
  private readonly logger = new Logger('Avatars');
  private readonly queue = new PQueue({ concurrency: CONCURRENCY });
  /** Accounts with uploads in progress. */
  private readonly uploads: string[] = [];

  constructor(
    private readonly pictures: AccountPicturesService,
    private readonly storage: BlobStorage,
    private readonly throttle: ThrottleService,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Gives an account the uploaded picture. If anything fails, the account keeps its previous one; otherwise the collector deletes that one's
   * file a day later. Do not call it in a transaction.
   * @param upload the file, or a function that receives it, called only if there is capacity
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

  /** Lets `setFirst` work for a new account in the next 30 minutes. */
  admitFirst(userId: string): Promise<void> {
    return this.pictures.admitFirst(userId, FIRST_PICTURE_SECONDS);
  }

  /**
   * The same without a signed-in user, for apps that send the picture right after registering: works once, for a new account without a
   * proven address or number, if the contract that registered it has called `admitFirst`.
   * @throws UnauthenticatedError for any other account, and if another upload was faster; otherwise as `set`
   */
  async setFirst(userId: string, upload: Buffer, caller: Caller): Promise<void> {
    // Before any work, and before the upload counts for the account.
    if (!(await this.pictures.mayHaveFirst(userId))) throw new UnauthenticatedError();
    await this.take(userId, upload, caller, async (name) => {
      if (!(await this.pictures.setFirst(userId, name))) throw new UnauthenticatedError();
      await this.recordChange(userId, caller, null);
      return null;
    });
  }

  /**
   * Gives a picture to an account that has none, on behalf of nobody. One that it has meanwhile stays.
   * @throws as `set`
   */
  async setWhereNone(userId: string, file: Buffer): Promise<void> {
    try {
      await this.take(userId, file, undefined, async (name) => {
        if (!(await this.pictures.setWhereNone(userId, name))) throw new HasPictureError();
        await this.recordChange(userId, undefined, null);
        return null;
      });
    } catch (error) {
      if (!(error instanceof HasPictureError)) throw error;
    }
  }

  /** Removes an account's picture. @throws UserNotFoundError */
  async remove(userId: string, caller?: Caller): Promise<void> {
    const former = await this.database.transaction(() => this.change(userId, null, caller));
    if (former !== null) await this.discard([former]);
  }

  /**
   * The content of a picture named in an account's `avatar`, or of `default.jpg`. Null for any other name.
   * @throws UnavailableError
   */
  async read(fileName: string): Promise<Buffer | null> {
    if (fileName === DEFAULT_FILE) return defaultPicture();
    return FILE_NAME.test(fileName) ? this.storage.read(AVATARS_PREFIX + fileName) : null;
  }

  /**
   * Deletes those of the pictures that no account has; call it after the change that removed them has committed. Never fails: the change is
   * done, and the collector deletes the files later if necessary.
   */
  async discard(names: readonly string[]): Promise<void> {
    try {
      await this.discardUnused(names);
    } catch (error) {
      this.logger.warn({ msg: 'A picture that nobody has could not be deleted yet', err: error });
    }
  }

  /** Deletes those of the pictures that belong to no account. @returns their number */
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
      await this.queue.add(async () => {
        const replaced = await this.replace(await toPicture(file), change);
        if (replaced !== null) await this.keepReplaced(replaced);
      });
    } finally {
      this.uploads.splice(this.uploads.indexOf(userId), 1);
    }
  }

  /**
   * Begins a replaced picture's time with the collector anew: a database that goes back, by a restore or a failover, finds it. Never fails.
   */
  private async keepReplaced(name: string): Promise<void> {
    try {
      await this.database.transaction(async () => {
        await this.share(name);
        for (const size of ['large', 'small'] as const) {
          const bytes = await this.storage.read(keyOf(name, size));
          // Gone if its account was deleted meanwhile.
          if (bytes !== null) await this.storage.put(keyOf(name, size), bytes, AVATAR_CONTENT_TYPE);
        }
      });
    } catch (error) {
      this.logger.warn({ msg: 'A replaced picture may be deleted before its time', err: error });
    }
  }

  private async replace(picture: Picture, change: Change): Promise<string | null> {
    try {
      const former = await this.database.transaction(async () => {
        await this.share(picture.name);
        await this.storage.put(keyOf(picture.name, 'small'), picture.small, AVATAR_CONTENT_TYPE);
        await this.storage.put(keyOf(picture.name, 'large'), picture.large, AVATAR_CONTENT_TYPE);
        return change(picture.name);
      });
      return former === picture.name ? null : former;
    } catch (error) {
      // The account may have been deleted meanwhile; nothing of it may remain.
      if (!(error instanceof UnavailableError)) await this.discard([picture.name]);
      throw error;
    }
  }

  /** Keeps a picture from being deleted until the transaction ends. */
  private async share(name: string): Promise<void> {
    await this.database.query('SELECT pg_advisory_xact_lock_shared(hashtext($1), hashtext($2))', [LOCKS, name]);
  }

  private deleteUnused(name: string): Promise<boolean> {
    return this.database.transaction(async () => {
      await this.database.query('SELECT pg_advisory_xact_lock(hashtext($1), hashtext($2))', [LOCKS, name]);
      // Checked under the lock: an upload that held it may have given the picture to an account.
      if ((await this.pictures.findInUse([name])).length > 0) return false;
      await this.storage.delete(keyOf(name, 'large'));
      await this.storage.delete(keyOf(name, 'small'));
      return true;
    });
  }

  private async change(userId: string, name: string | null, caller?: Caller, actorId: string | null = userId): Promise<string | null> {
    const former = await this.pictures.set(userId, name);
    // An account without a picture could fill the log by removing it again and again.
    if (former !== name) await this.recordChange(userId, caller, actorId);
    return former;
  }

  private recordChange(userId: string, caller: Caller | undefined, actorId: string | null): Promise<void> {
    return this.audit.record({ action: 'avatar.changed', outcome: 'success', actorId, subjectId: userId, caller });
  }
}

/** The picture's name from a stored file's key; null for other files. */
export function nameOf(key: string): string | null {
  return FILE_NAME.exec(key.slice(AVATARS_PREFIX.length))?.[1] ?? null;
}

function keyOf(name: string, size: 'large' | 'small'): string {
  return `${AVATARS_PREFIX}${name}${size === 'small' ? '-small' : ''}.jpg`;
}
