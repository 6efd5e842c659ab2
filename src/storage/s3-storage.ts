import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { AwsClient } from 'aws4fetch';
import { UnavailableError } from '../common/errors.js';
import { type BlobInfo, BlobStorage, StorageFullError } from './blob-storage.js';

/** Maximum wait for an answer and its body, ms; an upload holds a database connection during that time. */
const TIMEOUT_MS = 4_000;
/** Pause before the second attempt after a 5xx answer, a lost connection or a timeout, ms; there is no third attempt. */
const PAUSE_MS = 100;

/** Error codes of stores whose disk or quota is full. */
const FULL_STATUS = 507;
const FULL_CODE = /StorageFull|QuotaExceeded/;

/** Location and credentials of an S3-compatible store. */
export interface S3Options {
  /** `https://s3.example.com`, without the bucket. */
  endpoint: string;
  bucket: string;
  /** Prefix of every key; ends with `/` unless it is empty. */
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
    this.client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: 0 });
    this.bucketUrl = `${endpoint}/${bucket}`;
  }

  override async put(key: string, bytes: Buffer, contentType: string): Promise<void> {
    // The hash makes the content part of the signature, and the store checks that it arrived completely.
    const headers = { 'content-type': contentType, 'x-amz-content-sha256': createHash('sha256').update(bytes).digest('hex') };
    const answer = await this.ask(this.urlOf(key), { method: 'PUT', body: new Uint8Array(bytes), headers });
    if (answer.status >= 300) throw refused('PUT', answer);
  }

  override async read(key: string): Promise<Buffer | null> {
    const answer = await this.ask(this.urlOf(key), { method: 'GET' });
    if (answer.status === 404 && answer.code !== 'NoSuchBucket') return null;
    if (answer.status >= 300) throw refused('GET', answer);
    return answer.body;
  }

  override async delete(key: string): Promise<void> {
    const answer = await this.ask(this.urlOf(key), { method: 'DELETE' });
    if (answer.status >= 300 && answer.status !== 404) throw refused('DELETE', answer);
  }

  override async *list(prefix: string): AsyncIterable<BlobInfo> {
    let next: string | undefined;
    do {
      const query = new URLSearchParams({ 'list-type': '2', prefix: this.options.prefix + prefix });
      if (next !== undefined) query.set('continuation-token', next);
      const answer = await this.ask(`${this.bucketUrl}?${query.toString()}`, { method: 'GET' });
      if (answer.status >= 300) throw refused('LIST', answer);
      const xml = answer.body.toString();
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

  /** Every request can be repeated, because the content under a key is always the same. */
  private async ask(url: string, request: RequestInit): Promise<Answer> {
    const first = await this.askOnce(url, request).catch(() => undefined);
    if (first !== undefined && !isPassing(first)) return first;
    await wait(PAUSE_MS);
    try {
      return await this.askOnce(url, request);
    } catch (error) {
      throw new UnavailableError(2, error);
    }
  }

  private async askOnce(url: string, request: RequestInit): Promise<Answer> {
    // The signature is for one host, so another host would refuse it after a redirect.
    const answer = await this.client.fetch(url, { ...request, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) });
    const body = Buffer.from(await answer.arrayBuffer());
    return { status: answer.status, body, code: answer.ok ? undefined : textOf(body.toString(), 'Code') };
  }
}

/** An answer of the store. */
interface Answer {
  status: number;
  body: Buffer;
  /** S3's name of the failure. */
  code: string | undefined;
}

/** Whether another attempt may succeed. */
function isPassing({ status }: Answer): boolean {
  return status === 429 || (status >= 500 && status !== FULL_STATUS);
}

function refused(act: string, { status, code }: Answer): StorageFullError | UnavailableError {
  const cause = new Error(`The object store answered ${status} ${code ?? ''} to ${act}`);
  return status === FULL_STATUS || FULL_CODE.test(code ?? '') ? new StorageFullError(cause) : new UnavailableError(2, cause);
}

/** The text of an XML element; our keys need no unescaping. */
function textOf(xml: string, element: string): string | undefined {
  return new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1];
}
