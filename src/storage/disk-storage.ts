import { randomUUID } from 'node:crypto';
import type { Dir } from 'node:fs';
import { mkdir, open, opendir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UnavailableError } from '../common/errors.js';
import { type BlobInfo, BlobStorage, StorageFullError } from './blob-storage.js';

/** Suffix of a partially written file; after a crash the next listing deletes it. */
const PARTIAL = '.partial';

/** Age after which a partial file belongs to a process that has ended, ms. */
const PARTIAL_LIFE_MS = 60 * 60 * 1_000;

/** Files in a folder of this machine. */
export class DiskStorage extends BlobStorage {
  /** @param root the folder; created if it is missing */
  constructor(private readonly root: string) {
    super();
  }

  override async put(key: string, bytes: Buffer): Promise<void> {
    const path = this.pathOf(key);
    const partial = `${path}.${randomUUID()}${PARTIAL}`;
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeDurably(partial, bytes);
      // The name appears with the complete content or not at all.
      await rename(partial, path);
      await sync(dirname(path));
    } catch (error) {
      await rm(partial, { force: true }).catch(() => {});
      throw failureOf(error);
    }
  }

  override async read(key: string): Promise<Buffer | null> {
    try {
      return await readFile(this.pathOf(key));
    } catch (error) {
      if (isMissing(error)) return null;
      throw failureOf(error);
    }
  }

  override async delete(key: string): Promise<void> {
    try {
      await rm(this.pathOf(key), { force: true });
    } catch (error) {
      throw failureOf(error);
    }
  }

  override async *list(prefix: string): AsyncIterable<BlobInfo> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    for await (const entry of await this.entries(folder)) {
      const key = `${folder}${entry.name}`;
      const modifiedAt = entry.isFile() ? await this.modifiedAt(key) : undefined;
      if (modifiedAt === undefined) continue;
      if (!key.endsWith(PARTIAL)) {
        if (key.startsWith(prefix)) yield { key, modifiedAt };
      } else if (Date.now() - modifiedAt.getTime() > PARTIAL_LIFE_MS) await this.delete(key);
    }
  }

  /** In portions, because a folder may hold millions of files. */
  private async entries(folder: string): Promise<Dir | []> {
    try {
      return await opendir(this.pathOf(folder));
    } catch (error) {
      if (isMissing(error)) return [];
      throw failureOf(error);
    }
  }

  private async modifiedAt(key: string): Promise<Date | undefined> {
    try {
      return (await stat(this.pathOf(key))).mtime;
    } catch (error) {
      // Deleted after the folder was read.
      if (isMissing(error)) return undefined;
      throw failureOf(error);
    }
  }

  private pathOf(key: string): string {
    if (key.split('/').some((name) => name === '..' || name === '.') || key.includes('\0')) throw new Error(`Not a key: ${key}`);
    return join(this.root, key);
  }
}

async function writeDurably(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, 'wx', 0o640);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A name in a folder survives a power failure only if the folder is flushed as well. */
async function sync(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** No space left; or the folder is missing, not writable or broken, which is not the caller's fault. */
function failureOf(error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new StorageFullError(error);
  return syscall === undefined ? error : new UnavailableError(2, error);
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
