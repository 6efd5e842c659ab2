import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Module } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { BlobStorage } from './blob-storage.js';
import { DiskStorage } from './disk-storage.js';
import { S3Storage } from './s3-storage.js';

/** The file storage of `STORAGE_URL`. */
@Module({ providers: [{ provide: BlobStorage, inject: [Settings], useFactory: createStorage }], exports: [BlobStorage] })
export class StorageModule {}

/** A folder below `DATA_DIR`, a folder of one's own (`file:`), or a bucket (`s3://bucket/prefix?endpoint=…&region=…`). */
export function createStorage(
  settings: Pick<Settings, 'STORAGE_URL' | 'STORAGE_ACCESS_KEY' | 'STORAGE_SECRET_KEY' | 'DATA_DIR'>,
): BlobStorage {
  if (settings.STORAGE_URL === undefined) return new DiskStorage(join(settings.DATA_DIR, 'files'));
  const url = new URL(settings.STORAGE_URL);
  if (url.protocol === 'file:') return new DiskStorage(fileURLToPath(url));
  const region = url.searchParams.get('region') ?? 'us-east-1';
  const prefix = url.pathname.replace(/^\/+|\/+$/g, '');
  return new S3Storage({
    endpoint: (url.searchParams.get('endpoint') ?? `https://s3.${region}.amazonaws.com`).replace(/\/+$/, ''),
    bucket: url.hostname,
    prefix: prefix === '' ? '' : `${prefix}/`,
    region,
    accessKeyId: settings.STORAGE_ACCESS_KEY ?? '',
    secretAccessKey: settings.STORAGE_SECRET_KEY ?? '',
  });
}
