import type { Capability, Declarations } from '../common/capability.js';
import { secret } from '../config/setting.js';
import { storageUrl } from './storage-url.js';

const declared = {
  settings: {
    STORAGE_URL: storageUrl({
      check: (value, all) =>
        value.startsWith('s3:')
          ? ['STORAGE_ACCESS_KEY', 'STORAGE_SECRET_KEY']
              .filter((name) => all[name] === undefined)
              .map((name) => `${name} must be set for the bucket in STORAGE_URL`)
          : [],
      production: 'file:///var/lib/latchkey',
      example: 's3://bucket/latchkey?endpoint=https://s3.example.com&region=eu-central-1',
      doc: 'Place of the pictures: a folder (`file:///var/lib/latchkey`), or an S3-compatible bucket, which several nodes need. Keep nothing else in the folder or below the prefix: the server deletes files that belong to no account. Default outside production: the folder `files` in `DATA_DIR`.',
    }),
    STORAGE_ACCESS_KEY: secret({ doc: 'Access key of the S3-compatible store.' }),
    STORAGE_SECRET_KEY: secret({ doc: 'Secret key of the S3-compatible store.' }),
  },
  errors: {
    'storage.full': {
      status: 507,
      title: 'No space left to store the file',
      kind: 'storage-full',
      advice: 'Nothing has changed. Try later; the operator has to free space.',
    },
  },
} as const satisfies Declarations;

declare module '../common/declared.js' {
  interface Declared {
    storage: typeof declared;
  }
}

/** File storage. */
export const storage = {
  name: 'storage',
  folder: import.meta.dirname,
  ...declared,
} as const satisfies Capability;
