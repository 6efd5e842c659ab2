import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { S3Server, S3_CREDENTIALS } from './s3-server.js';

const PREFIX = 'some/prefix';

export const STORE_KINDS = ['disk', 's3'] as const;

/** Where the server under test keeps pictures: a folder, or a bucket. */
export class AvatarStore {
  readonly s3 = new S3Server();
  private folder = '';

  constructor(private readonly kind: (typeof STORE_KINDS)[number]) {}

  /** The settings that lead to it. */
  async start(): Promise<Record<string, string>> {
    if (this.kind === 's3')
      return {
        STORAGE_URL: `s3://bucket/${PREFIX}?region=test-region&endpoint=${await this.s3.start()}`,
        STORAGE_ACCESS_KEY: S3_CREDENTIALS.accessKeyId,
        STORAGE_SECRET_KEY: S3_CREDENTIALS.secretAccessKey,
      };
    this.folder = await mkdtemp(join(tmpdir(), 'latchkey-avatars-'));
    return { STORAGE_URL: pathToFileURL(this.folder).href };
  }

  async stop(): Promise<void> {
    await (this.kind === 's3' ? this.s3.stop() : rm(this.folder, { recursive: true, force: true }));
  }

  /** The names of the files. */
  async names(): Promise<string[]> {
    if (this.kind === 's3') return [...this.s3.objects.keys()].map((key) => key.slice(`${PREFIX}/avatars/`.length));
    return readdir(join(this.folder, 'avatars')).catch(() => []);
  }

  /** As if the file had last been written then. */
  async date(name: string, at: Date): Promise<void> {
    const object = this.s3.objects.get(`${PREFIX}/avatars/${name}`);
    if (this.kind === 'disk') await utimes(join(this.folder, 'avatars', name), at, at);
    else if (object !== undefined) object.modifiedAt = at;
  }
}
