import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AvatarCollector } from '../src/avatars/avatar-collector.service.js';
import { BlobStorage, StorageFullError } from '../src/storage/blob-storage.js';
import { PASSWORD, signIn, signedIn } from './support/accounts.js';
import { poll } from './support/poll.js';
import { S3Server, S3_CREDENTIALS } from './support/s3-server.js';
import { type Answer, type TestApp, startApp } from './support/start-app.js';

const MAX_BYTES = 1_000_000;
const BOUNDARY = 'x'.repeat(24);

/** A multipart body with one file. */
function form(bytes: Buffer, fileName = 'me.png', type = 'image/png'): Buffer {
  const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="avatar"; filename="${fileName}"\r\nContent-Type: ${type}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]);
}

const HEADERS = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };

function image(color: string, width = 700, height = 500) {
  return sharp({ create: { width, height, channels: 3, background: color } });
}

/** A PNG that says it has these many pixels, and does not. */
function hugePng(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const crc = Buffer.alloc(4);
    crc.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, crc]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(1_000))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function crc32(bytes: Buffer): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

const s3 = new S3Server();
let folder: string;

describe.each(['disk', 's3'] as const)('avatars kept on %s', (kind) => {
  let app: TestApp;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latchkey-avatars-'));
    const environment: Record<string, string> =
      kind === 'disk'
        ? { STORAGE_URL: pathToFileURL(folder).href }
        : {
            STORAGE_URL: `s3://bucket/some/prefix?region=test-region&endpoint=${await s3.start()}`,
            STORAGE_ACCESS_KEY: S3_CREDENTIALS.accessKeyId,
            STORAGE_SECRET_KEY: S3_CREDENTIALS.secretAccessKey,
          };
    app = await startApp({ ...environment, AVATAR_MAX_BYTES: String(MAX_BYTES) });
  });
  afterAll(async () => {
    await app.stop();
    await rm(folder, { recursive: true, force: true });
    if (kind === 's3') await s3.stop();
  });

  const upload = (token: string, bytes: Buffer, fileName?: string, type?: string): Promise<Answer> =>
    app.call('PUT', '/v1/users/me/avatar', { token, body: form(bytes, fileName, type), headers: HEADERS });
  const stored = async (): Promise<string[]> =>
    kind === 's3'
      ? [...s3.objects.keys()].map((key) => key.slice('some/prefix/avatars/'.length))
      : readdir(join(folder, 'avatars')).catch(() => []);
  const fetchImage = async (url: string) => app.nest.inject({ method: 'GET', url: new URL(url).pathname });

  it('makes a picture in two sizes from each accepted format, without its metadata', async () => {
    const { accessToken } = await signedIn(app);
    const exif = { IFD0: { Copyright: 'secret place', ImageDescription: 'home' } };
    for (const bytes of [
      await image('#cc3344').png().toBuffer(),
      await image('#33cc44').jpeg().withExif(exif).toBuffer(),
      await image('#3344cc').webp().toBuffer(),
    ]) {
      const answer = await upload(accessToken, bytes);
      expect(answer.status).toBe(200);
      for (const [url, edge] of [
        [answer.body.avatar.url, 512],
        [answer.body.avatar.smallUrl, 96],
      ] as const) {
        expect(url.startsWith(`${app.settings.PUBLIC_URL}/avatars/`)).toBe(true);
        const picture = await fetchImage(url);
        expect(picture.statusCode).toBe(200);
        expect(picture.headers).toMatchObject({
          'content-type': 'image/jpeg',
          'cache-control': 'public, max-age=31536000, immutable',
          'x-content-type-options': 'nosniff',
          'cross-origin-resource-policy': 'cross-origin',
        });
        expect(picture.headers['content-security-policy']).toContain('sandbox');
        const { format, width, height, exif: found } = await sharp(picture.rawPayload).metadata();
        expect({ format, width, height, exif: found }).toEqual({ format: 'jpeg', width: edge, height: edge, exif: undefined });
        expect(picture.rawPayload.includes('secret place')).toBe(false);
      }
      expect((await app.get('/v1/users/me', { token: accessToken })).body.avatar).toEqual(answer.body.avatar);
    }
  });

  it('leaves one file of many uploads, shares equal ones, and removes what nobody has', async () => {
    const before = (await stored()).length;
    const [a, b] = [await signedIn(app), await signedIn(app)];
    for (const color of ['#111111', '#222222', '#333333', '#444444'])
      expect((await upload(a.accessToken, await image(color).png().toBuffer())).status).toBe(200);
    expect(await stored()).toHaveLength(before + 2);
    const shared = await upload(b.accessToken, await image('#444444').png().toBuffer());
    expect(await stored()).toHaveLength(before + 2);
    expect((await app.call('DELETE', '/v1/users/me/avatar', { token: a.accessToken })).status).toBe(204);
    expect((await app.get('/v1/users/me', { token: a.accessToken })).body.avatar).toBeNull();
    expect((await fetchImage(shared.body.avatar.url)).statusCode).toBe(200);
    expect((await app.call('DELETE', '/v1/users/me', { token: b.accessToken, body: { password: PASSWORD } })).status).toBe(204);
    expect((await fetchImage(shared.body.avatar.url)).statusCode).toBe(404);
    expect(await stored()).toHaveLength(before);
  });

  it('refuses what is no PNG, JPEG or WebP by its content', async () => {
    const { accessToken } = await signedIn(app);
    const png = await image('#abcdef').png().toBuffer();
    const others = {
      gif: await image('#abcdef').gif().toBuffer(),
      tiff: await image('#abcdef').tiff().toBuffer(),
      svg: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'),
      pdf: Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF'),
      'gif, then png': Buffer.concat([Buffer.from('GIF89a'), png]),
      'html, then png': Buffer.concat([Buffer.from('<html>'), png]),
      nothing: Buffer.alloc(0),
    };
    for (const [name, bytes] of Object.entries(others)) {
      const answer = await upload(accessToken, bytes);
      expect([name, answer.status, answer.body.code]).toEqual([name, 415, 'request.unsupported_media_type']);
    }
    const broken = await upload(accessToken, png.subarray(0, png.length / 2));
    expect([broken.status, broken.body.errors[0].rule]).toEqual([422, 'avatar.unreadable']);
  });

  it('keeps nothing of what is hidden behind a picture', async () => {
    const { accessToken } = await signedIn(app);
    const png = await image('#fedcba').png().toBuffer();
    const answer = await upload(accessToken, Buffer.concat([png, Buffer.from('<script>alert(1)</script>PK\u0003\u0004')]));
    expect(answer.status).toBe(200);
    expect((await fetchImage(answer.body.avatar.url)).rawPayload.includes('script')).toBe(false);
  });

  it('refuses too many pixels before it decodes them', async () => {
    const { accessToken } = await signedIn(app);
    const start = performance.now();
    const memory = process.memoryUsage().rss;
    const answer = await upload(accessToken, hugePng(64_250, 64_250));
    expect([answer.status, answer.body.errors[0].rule]).toEqual([422, 'avatar.too_many_pixels']);
    expect(performance.now() - start).toBeLessThan(5_000);
    expect(process.memoryUsage().rss - memory).toBeLessThan(200_000_000);
  });

  it('refuses one byte too many, twice in a row, and takes a picture afterwards', async () => {
    const { accessToken } = await signedIn(app);
    const png = await image('#123456').png().toBuffer();
    const padded = (size: number): Buffer => Buffer.concat([png, Buffer.alloc(size - png.length)]);
    for (let i = 0; i < 2; i += 1) {
      const answer = await upload(accessToken, padded(MAX_BYTES + 1));
      expect([answer.status, answer.body.code]).toEqual([413, 'request.too_large']);
    }
    expect((await upload(accessToken, padded(MAX_BYTES))).status).toBe(200);
  });

  it('names what is wrong with a body that holds no file, or none at all', async () => {
    const { accessToken: token } = await signedIn(app);
    const field = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="avatar"\r\n\r\ntext\r\n--${BOUNDARY}--\r\n`;
    const noFile = await app.call('PUT', '/v1/users/me/avatar', { token, body: field, headers: HEADERS });
    expect([noFile.status, noFile.body.errors?.[0]]).toEqual([
      422,
      expect.objectContaining({ pointer: '/avatar', rule: 'avatar.missing' }),
    ]);
    expect((await app.call('PUT', '/v1/users/me/avatar', { token, body: { avatar: 'x' } })).status).toBe(415);
    expect((await app.call('PUT', '/v1/users/me/avatar', { token })).status).toBe(415);
    expect((await app.call('PUT', '/v1/users/me/avatar', { token, body: 'garbage', headers: HEADERS })).status).toBeLessThan(500);
    expect((await app.post('/v1/auth/login', form(Buffer.from('x')), { headers: HEADERS })).status).toBe(415);
  });

  it.each([
    '..%2f..%2fapp-secret',
    '%252e%252e%252fx.jpg',
    '..\\x.jpg',
    'a%00.jpg',
    `${'a'.repeat(32)}.jpg`,
    `${'a'.repeat(32)}.png`,
    'ABC.jpg',
    `${'a'.repeat(32)}-small.jpg%2f`,
  ])('knows no picture called %s', async (name) => {
    const answer = await app.get(`/avatars/${name}`);
    expect(answer.status).toBe(404);
  });

  it('answers 507 when there is no room, and keeps the old picture', async () => {
    const user = await signedIn(app);
    const old = (await upload(user.accessToken, await image('#0a0a0a').png().toBuffer())).body.avatar;
    const full = vi.spyOn(app.nest.get(BlobStorage), 'put').mockRejectedValue(new StorageFullError());
    const answer = await upload(user.accessToken, await image('#0b0b0b').png().toBuffer());
    full.mockRestore();
    expect([answer.status, answer.body.code]).toEqual([507, 'storage.full']);
    expect((await app.get('/v1/users/me', { token: user.accessToken })).body.avatar).toEqual(old);
    expect((await fetchImage(old.url)).statusCode).toBe(200);
    await signIn(app, user.email);
  });

  it('collects orphans that are old enough, and nothing else', async () => {
    const user = await signedIn(app);
    const { avatar } = (await upload(user.accessToken, await image('#0c0c0c').png().toBuffer())).body;
    const storage = app.nest.get(BlobStorage);
    const [old, young] = ['0'.repeat(32), '1'.repeat(32)];
    for (const name of [old, young]) await storage.put(`avatars/${name}.jpg`, Buffer.from('orphan'), 'image/jpeg');
    const past = new Date(Date.now() - 2 * 60 * 60 * 1_000);
    const age = async (name: string): Promise<void> => {
      const object = s3.objects.get(`some/prefix/avatars/${name}.jpg`);
      if (kind === 's3' && object !== undefined) object.modifiedAt = past;
      else await utimes(join(folder, 'avatars', `${name}.jpg`), past, past);
    };
    await age(old);
    await age(String(/([\da-f]{32})\.jpg/.exec(avatar.url)?.[1]));
    expect(await app.nest.get(AvatarCollector).collect()).toBe(1);
    expect(await stored()).not.toContain(`${old}.jpg`);
    expect(await stored()).toContain(`${young}.jpg`);
    expect((await fetchImage(avatar.url)).statusCode).toBe(200);
  });

  it('leaves nothing behind of an upload that breaks off', async () => {
    const { accessToken } = await signedIn(app);
    const before = await stored();
    if (app.nest.getHttpServer().address() === null) await app.nest.listen(0, '127.0.0.1');
    const { port } = app.nest.getHttpServer().address() as { port: number };
    const body = form(await image('#0d0d0d').png().toBuffer());
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(
      `PUT /v1/users/me/avatar HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${accessToken}\r\nContent-Type: ${HEADERS['content-type']}\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    socket.write(body.subarray(0, body.length / 2), () => socket.destroy());
    await poll('the server to answer again', async () => ((await app.get('/health/live')).status === 200 ? true : undefined));
    expect((await app.get('/v1/users/me', { token: accessToken })).body.avatar).toBeNull();
    expect(await stored()).toEqual(before);
  });

  it.runIf(kind === 's3')('answers 503 while the store is away, after one more try', async () => {
    const { accessToken } = await signedIn(app);
    s3.failWith = 500;
    const answer = await upload(accessToken, await image('#0e0e0e').png().toBuffer());
    s3.failWith = undefined;
    expect([answer.status, answer.body.code]).toEqual([503, 'server.unavailable']);
    expect((await upload(accessToken, await image('#0e0e0e').png().toBuffer())).status).toBe(200);
    expect(s3.refusedSignatures).toBe(0);
  });
});
