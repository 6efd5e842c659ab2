import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StorageFullError } from '../../src/storage/blob-storage.js';
import { DiskStorage } from '../../src/storage/disk-storage.js';

/** A file system of 256 KiB; only root may mount one. */
const folder = mkdtempSync(join(tmpdir(), 'latchkey-full-'));
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder]).status === 0;

describe.runIf(mounted)('a disk that is full', () => {
  const storage = new DiskStorage(folder);
  beforeAll(() => {
    mkdirSync(join(folder, 'avatars'));
  });
  afterAll(() => {
    spawnSync('umount', [folder]);
    rmSync(folder, { recursive: true, force: true });
  });

  it('refuses a file with a typed error, leaves nothing of it, and keeps the others', async () => {
    await storage.put('avatars/old.jpg', Buffer.alloc(10_000, 'o'));
    await writeFile(join(folder, 'ballast'), Buffer.alloc(200_000));
    await expect(storage.put('avatars/new.jpg', Buffer.alloc(100_000, 'n'))).rejects.toBeInstanceOf(StorageFullError);
    await expect(storage.put('avatars/old.jpg', Buffer.alloc(100_000, 'n'))).rejects.toBeInstanceOf(StorageFullError);
    expect(await readdir(join(folder, 'avatars'))).toEqual(['old.jpg']);
    expect((await storage.read('avatars/old.jpg'))?.equals(Buffer.alloc(10_000, 'o'))).toBe(true);
  });
});
