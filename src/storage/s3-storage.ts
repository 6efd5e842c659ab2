import { Readable } from 'node:stream';
import { AwsClient } from 'aws4fetch';
import { UnavailableError } from '../common/errors.js';
import { type BlobInfo, BlobStorage, StorageFullError } from './blob-storage.js';

/** Longest wait for an answer, ms. */
const TIMEOUT_MS = 10_000;
/** Tries after a 5xx answer or a lost connection. */
const RETRIES = 1;

/** Where an S3-compatible store is, and who asks. */
export interface S3Options {
  /** `https://s3.example.com`, without the bucket. */
  endpoint: string;
  bucket: string;
  /** Put before every key; ends with `/` unless it is empty. */
  prefix: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** Files in a bucket of an S3-compatible store, addressed by path, signed with AWS Signature Version 4. */
export class S3Storage extends BlobStorage {
  private readonly client: AwsClient;
  private readonly bucketUrl: string;

  constructor(private readonly options: S3Options) {
    super();
    const { accessKeyId, secretAccessKey, region, endpoint, bucket } = options;
    this.client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: RETRIES });
    this.bucketUrl = `${endpoint}/${bucket}`;
  }

  override async put(key: string, bytes: Buffer, contentType: string): Promise<void> {
    const answer = await this.ask(this.urlOf(key), {
      method: 'PUT',
      body: new Uint8Array(bytes),
      headers: { 'content-type': contentType },
    });
    await answer.body?.cancel();
    if (answer.status === 507) throw new StorageFullError();
    if (!answer.ok) throw this.refused('PUT', answer);
  }

  override async open(key: string): Promise<Readable | null> {
    const answer = await this.ask(this.urlOf(key), { method: 'GET' });
    if (answer.ok && answer.body !== null) return Readable.fromWeb(answer.body as never);
    await answer.body?.cancel();
    if (answer.status === 404) return null;
    throw this.refused('GET', answer);
  }

  override async delete(key: string): Promise<void> {
    const answer = await this.ask(this.urlOf(key), { method: 'DELETE' });
    await answer.body?.cancel();
    if (!answer.ok && answer.status !== 404) throw this.refused('DELETE', answer);
  }

  override async *list(prefix: string): AsyncIterable<BlobInfo> {
    let next: string | undefined;
    do {
      const query = new URLSearchParams({ 'list-type': '2', prefix: this.options.prefix + prefix });
      if (next !== undefined) query.set('continuation-token', next);
      const answer = await this.ask(`${this.bucketUrl}?${query.toString()}`, { method: 'GET' });
      const xml = await answer.text();
      if (!answer.ok) throw this.refused('LIST', answer);
      for (const [, item = ''] of xml.matchAll(/<Contents>([^]*?)<\/Contents>/g)) {
        const key = textOf(item, 'Key') ?? '';
        yield { key: key.slice(this.options.prefix.length), modifiedAt: new Date(textOf(item, 'LastModified') ?? 0) };
      }
      next = textOf(xml, 'IsTruncated') === 'true' ? textOf(xml, 'NextContinuationToken') : undefined;
    } while (next !== undefined);
  }

  private urlOf(key: string): string {
    return `${this.bucketUrl}/${this.options.prefix}${key}`;
  }

  private async ask(url: string, request: RequestInit): Promise<Response> {
    try {
      return await this.client.fetch(url, { ...request, signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch (error) {
      throw new UnavailableError(2, error);
    }
  }

  private refused(act: string, { status }: Response): UnavailableError {
    return new UnavailableError(2, new Error(`The object store answered ${status} to ${act}`));
  }
}

/** The text of an element; keys of ours need no unescaping. */
function textOf(xml: string, element: string): string | undefined {
  return new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1];
}
