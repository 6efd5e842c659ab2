import { randomUUID } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { type BlobInfo, BlobStorage, StorageFullError } from './blob-storage.js';

/** What is written first has this ending; a crash in between leaves it behind, for the next listing to clear away. */
const PARTIAL = '.partial';

/** After this a partial file belongs to a process that is gone, ms. */
const PARTIAL_LIFE_MS = 60 * 60 * 1_000;

/** Files in a folder of this machine. */
export class DiskStorage extends BlobStorage {
  /** @param root the folder; made when it is missing */
  constructor(private readonly root: string) {
    super();
  }

  override async put(key: string, bytes: Buffer): Promise<void> {
    const path = this.pathOf(key);
    const partial = `${path}.${randomUUID()}${PARTIAL}`;
    try {
      await mkdir(dirname(path), { recursive: true });
      const file = await open(partial, 'wx', 0o640);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      // The name appears with the whole content or not at all.
      await rename(partial, path);
    } catch (error) {
      await rm(partial, { force: true }).catch(() => {});
      const { code } = error as NodeJS.ErrnoException;
      throw code === 'ENOSPC' || code === 'EDQUOT' ? new StorageFullError(error) : error;
    }
  }

  override async open(key: string): Promise<Readable | null> {
    try {
      return (await open(this.pathOf(key))).createReadStream();
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  override async delete(key: string): Promise<void> {
    await rm(this.pathOf(key), { force: true });
  }

  override async *list(prefix: string): AsyncIterable<BlobInfo> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    for (const entry of await this.entries(folder)) {
      const key = `${folder}${entry.name}`;
      const modifiedAt = entry.isFile() ? await this.modifiedAt(key) : undefined;
      if (modifiedAt === undefined) continue;
      if (!key.endsWith(PARTIAL)) {
        if (key.startsWith(prefix)) yield { key, modifiedAt };
      } else if (Date.now() - modifiedAt.getTime() > PARTIAL_LIFE_MS) await this.delete(key);
    }
  }

  private async entries(folder: string): Promise<Dirent[]> {
    try {
      return await readdir(this.pathOf(folder), { withFileTypes: true });
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  private async modifiedAt(key: string): Promise<Date | undefined> {
    try {
      return (await stat(this.pathOf(key))).mtime;
    } catch (error) {
      // Deleted since the folder was read.
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  private pathOf(key: string): string {
    if (key.split('/').some((name) => name === '..' || name === '.') || key.includes('\0')) throw new Error(`Not a key: ${key}`);
    return join(this.root, key);
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
