import { AppError } from '../common/errors.js';

/** There is no room left; nothing was changed. */
export class StorageFullError extends AppError {
  override readonly code = 'storage.full';
  constructor(cause?: unknown) {
    super('There is no room left to store this file.', { cause });
  }
}

/** A stored file. */
export interface BlobInfo {
  key: string;
  modifiedAt: Date;
}

/** Files by key. A key is one or more plain names joined by `/`; callers make keys, never people. */
export abstract class BlobStorage {
  /**
   * Stores a file whole, or not at all.
   * @throws StorageFullError, UnavailableError
   */
  abstract put(key: string, bytes: Buffer, contentType: string): Promise<void>;

  /** The file's content, whole: it is for files of some ten kilobytes. Null when there is none. @throws UnavailableError */
  abstract read(key: string): Promise<Buffer | null>;

  /** Deletes a file; nothing happens when there is none. @throws UnavailableError */
  abstract delete(key: string): Promise<void>;

  /** All files whose key begins with `prefix`. @throws UnavailableError */
  abstract list(prefix: string): AsyncIterable<BlobInfo>;
}
