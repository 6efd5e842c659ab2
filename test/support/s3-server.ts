import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { AwsClient } from 'aws4fetch';

export const S3_CREDENTIALS = { accessKeyId: 'test-access-key', secretAccessKey: 'test-secret-key' };

/**
 * The part of S3's protocol that the server uses: objects in one bucket, addressed by path, paged listings, and signatures, which it
 * computes from the request and compares.
 */
export class S3Server {
  readonly objects = new Map<string, { bytes: Buffer; modifiedAt: Date }>();
  /** While set, every request is answered with this status. */
  failWith: number | undefined;
  /** Number of upcoming requests whose connection will break. */
  breaks = 0;
  refusedSignatures = 0;
  private server: Server | undefined;

  async start(): Promise<string> {
    this.server = createServer((request, reply) => {
      void (async () => {
        const body = await buffer(request);
        if (this.breaks > 0) {
          this.breaks -= 1;
          return request.socket.destroy();
        }
        const {
          status,
          text = '',
          bytes,
        } = await this.answer(String(request.method), String(request.url), request.headers as Record<string, string>, body);
        return reply.writeHead(status).end(bytes ?? text);
      })();
    }).listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  private async answer(
    method: string,
    path: string,
    headers: Record<string, string>,
    body: Buffer,
  ): Promise<{ status: number; text?: string; bytes?: Buffer }> {
    if (this.failWith !== undefined) return { status: this.failWith };
    if (!(await isSigned(method, path, headers, body))) {
      this.refusedSignatures += 1;
      return { status: 403 };
    }
    const url = new URL(path, 'http://s3');
    const key = url.pathname.replace(/^\/bucket\/?/, '');
    if (method === 'GET' && key === '') return { status: 200, text: this.list(url.searchParams) };
    if (method === 'PUT') this.objects.set(key, { bytes: body, modifiedAt: new Date() });
    if (method === 'DELETE') return { status: this.objects.delete(key) ? 204 : 404 };
    const object = this.objects.get(key);
    return object === undefined ? { status: 404 } : { status: 200, bytes: method === 'PUT' ? Buffer.alloc(0) : object.bytes };
  }

  private list(query: URLSearchParams): string {
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(query.get('prefix') ?? '')).toSorted();
    const from = Number(query.get('continuation-token') ?? 0);
    const page = keys.slice(from, from + 2);
    const items = page.map(
      (key) => `<Contents><Key>${key}</Key><LastModified>${this.objects.get(key)?.modifiedAt.toISOString()}</LastModified></Contents>`,
    );
    const more = from + 2 < keys.length;
    return `<ListBucketResult><IsTruncated>${more}</IsTruncated>${items.join('')}${more ? `<NextContinuationToken>${from + 2}</NextContinuationToken>` : ''}</ListBucketResult>`;
  }
}

async function isSigned(method: string, path: string, headers: Record<string, string>, body: Buffer): Promise<boolean> {
  const client = new AwsClient({ ...S3_CREDENTIALS, region: 'test-region', service: 's3' });
  const signed = await client.sign(`http://${headers['host']}${path}`, {
    method,
    headers: {
      'x-amz-date': String(headers['x-amz-date']),
      ...(headers['content-type'] === undefined ? {} : { 'content-type': headers['content-type'] }),
      ...(headers['x-amz-content-sha256'] === undefined ? {} : { 'x-amz-content-sha256': headers['x-amz-content-sha256'] }),
    },
    ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
    aws: { datetime: String(headers['x-amz-date']) },
  });
  return signed.headers.get('authorization') === headers['authorization'];
}
