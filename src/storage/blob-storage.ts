import { AppError } from '../common/errors.js';

/** There is no space left; nothing was changed. */
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

/** Files by key. A key is one or more plain names joined by `/`; the server creates keys, never its callers. */
export abstract class BlobStorage {
  /**
   * Stores a complete file, or nothing.
   * @throws StorageFullError, UnavailableError
   */
  abstract put(key: string, bytes: Buffer, contentType: string): Promise<void>;

  /** The complete content of a file; meant for files of some ten kilobytes. Null if the file does not exist. @throws UnavailableError */
  abstract read(key: string): Promise<Buffer | null>;

  /** Deletes a file; no effect if it does not exist. @throws UnavailableError */
  abstract delete(key: string): Promise<void>;

  /** All files whose key begins with `prefix`. @throws UnavailableError */
  abstract list(prefix: string): AsyncIterable<BlobInfo>;
}
