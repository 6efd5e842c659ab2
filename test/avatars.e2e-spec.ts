import { connect } from 'node:net';
import { randomBytes } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AvatarsService } from '../src/avatars/avatars.service.js';
import { AvatarCollector } from '../src/avatars/avatar-collector.service.js';
import { UnavailableError } from '../src/common/errors.js';
import { BlobStorage, StorageFullError } from '../src/storage/blob-storage.js';
import { PASSWORD, signIn, signedIn } from './support/accounts.js';
import { AVATAR_BOUNDARY, AVATAR_HEADERS, avatarForm, image } from './support/avatars.js';
import { cpuTimeOf } from './support/cpu-time.js';
import { poll } from './support/poll.js';
import { AvatarStore, STORE_KINDS } from './support/avatar-store.js';
import { type Answer, type TestApp, startApp } from './support/start-app.js';

const MAX_BYTES = 200_000;
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

describe.each(STORE_KINDS)('avatars kept on %s', (kind) => {
  const store = new AvatarStore(kind);
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp({ ...(await store.start()), AVATAR_MAX_BYTES: String(MAX_BYTES) });
  });
  afterAll(async () => {
    await app.stop();
    await store.stop();
  });

  const upload = (token: string, bytes: Buffer, fileName?: string, type?: string): Promise<Answer> =>
    app.call('PUT', '/v1/users/me/avatar', { token, body: avatarForm(bytes, fileName, type), headers: AVATAR_HEADERS });
  const stored = (): Promise<string[]> => store.names();
  const listen = (): Promise<string> => app.listen();
  const age = (name: string): Promise<void> => store.date(`${name}.jpg`, new Date(Date.now() - 25 * 60 * 60 * 1_000));
  const nameIn = ({ url }: { url: string }): string => String(/([\da-f]{32})\.jpg/.exec(url)?.[1]);
  const collectADayLater = async (): Promise<number> => {
    const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 25 * 60 * 60 * 1_000);
    try {
      return await app.nest.get(AvatarCollector).collect();
    } finally {
      clock.mockRestore();
    }
  };
  const fetchImage = async (url: string) => app.nest.inject({ method: 'GET', url: new URL(url).pathname });

  it('makes a picture in two sizes from each accepted format, without its metadata', async () => {
    const { accessToken } = await signedIn(app);
    const exif = { IFD0: { Copyright: 'secret place', ImageDescription: 'home' } };
    for (const bytes of [
      await image('#cc3344', 700, 500).png().toBuffer(),
      await image('#33cc44', 700, 500).jpeg().withExif(exif).toBuffer(),
      await image('#3344cc', 700, 500).webp().toBuffer(),
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

  it('keeps replaced pictures for a day, shares equal ones, and removes what nobody has', async () => {
    await collectADayLater();
    const before = (await stored()).length;
    const [a, b] = [await signedIn(app), await signedIn(app)];
    for (const color of ['#111111', '#222222', '#333333', '#444444'])
      expect((await upload(a.accessToken, await image(color).png().toBuffer())).status).toBe(200);
    expect(await stored()).toHaveLength(before + 8);
    expect(await app.nest.get(AvatarCollector).collect()).toBe(0);
    expect(await collectADayLater()).toBe(3);
    expect(await stored()).toHaveLength(before + 2);
    await upload(a.accessToken, await image('#555555').png().toBuffer());
    await upload(a.accessToken, await image('#444444').png().toBuffer());
    expect(await stored()).toHaveLength(before + 4);
    const shared = await upload(b.accessToken, await image('#444444').png().toBuffer());
    expect(await stored()).toHaveLength(before + 4);
    expect((await app.call('DELETE', '/v1/users/me/avatar', { token: a.accessToken })).status).toBe(204);
    expect((await app.get('/v1/users/me', { token: a.accessToken })).body.avatar).toBeNull();
    expect((await fetchImage(shared.body.avatar.url)).statusCode).toBe(200);
    expect((await app.call('DELETE', '/v1/users/me', { token: b.accessToken, body: { password: PASSWORD } })).status).toBe(204);
    expect((await fetchImage(shared.body.avatar.url)).statusCode).toBe(404);
    // What an account has replaced goes with it.
    expect((await app.call('DELETE', '/v1/users/me', { token: a.accessToken, body: { password: PASSWORD } })).status).toBe(204);
    expect(await stored()).toHaveLength(before);
  });

  it('tells a client that has a picture already so', async () => {
    const { accessToken } = await signedIn(app);
    const { pathname } = new URL((await upload(accessToken, await image('#aa0011').png().toBuffer())).body.avatar.smallUrl);
    const first = await app.get(pathname);
    expect(first.headers['content-length']).toBe(String((await fetchImage(`http://x${pathname}`)).rawPayload.length));
    for (const known of [String(first.headers['etag']), `"x", W/${String(first.headers['etag'])}`]) {
      const again = await app.get(pathname, { headers: { 'if-none-match': known } });
      expect([again.status, again.text, again.headers['etag']]).toEqual([304, '', first.headers['etag']]);
    }
    expect((await app.get(pathname, { headers: { 'if-none-match': '"x"' } })).status).toBe(200);
    const head = await app.call('HEAD', pathname);
    expect([head.status, head.headers['content-type'], head.text]).toEqual([200, 'image/jpeg', '']);
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

  it('has set the picture although the old one cannot be deleted yet', async () => {
    const { accessToken } = await signedIn(app);
    const old = (await upload(accessToken, await image('#0a0b0c').png().toBuffer())).body.avatar;
    const storage = app.nest.get(BlobStorage);
    const broken = vi.spyOn(storage, 'delete').mockRejectedValue(new UnavailableError());
    const answer = await upload(accessToken, await image('#0c0b0a').png().toBuffer());
    const removed = await app.call('DELETE', '/v1/users/me/avatar', { token: accessToken });
    broken.mockRestore();
    expect([answer.status, removed.status]).toEqual([200, 204]);
    const names = [old, answer.body.avatar].map(({ url }) => String(/([\da-f]{32})\.jpg/.exec(url)?.[1]));
    expect(await app.nest.get(AvatarsService).discardUnused(names)).toBe(2);
    expect((await fetchImage(old.url)).statusCode).toBe(404);
  });

  it('never loses a picture that some give up while others take it', async () => {
    const users = await Promise.all([signedIn(app), signedIn(app), signedIn(app)]);
    const pictures = await Promise.all(['#700000', '#007000'].map((color) => image(color, 20, 20).png().toBuffer()));
    const before = (await stored()).length;
    for (let round = 0; round < 4; round += 1) {
      const answers = await Promise.all(
        users.map(({ accessToken }, i) => upload(accessToken, pictures[(round + (i % 2)) % 2] ?? Buffer.alloc(0))),
      );
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      for (const { accessToken } of users) {
        const { avatar } = (await app.get('/v1/users/me', { token: accessToken })).body;
        expect((await fetchImage(avatar.url)).statusCode).toBe(200);
        expect((await fetchImage(avatar.smallUrl)).statusCode).toBe(200);
      }
    }
    await Promise.all(users.map(({ accessToken }) => app.call('DELETE', '/v1/users/me/avatar', { token: accessToken })));
    expect(await stored()).toHaveLength(before);
  });

  it('leaves nothing of an account that is deleted while it uploads, whichever is first', async () => {
    const before = (await stored()).length;
    const storage = app.nest.get(BlobStorage);
    const put = storage.put.bind(storage);
    const pictures = await Promise.all(['#100000', '#200000', '#300000', '#400000'].map((color) => image(color, 20, 20).png().toBuffer()));
    const spy = vi.spyOn(storage, 'put');
    try {
      for (const [round, bytes] of pictures.entries()) {
        const { accessToken: token } = await signedIn(app);
        if (round % 2 === 1) await upload(token, pictures[0] ?? bytes);
        let reach = (): void => {};
        let goOn = (): void => {};
        const reached = new Promise<void>((resolve) => (reach = resolve));
        const deleted = new Promise<void>((resolve) => (goOn = resolve));
        spy.mockImplementation(async (...file) => {
          await put(...file);
          reach();
          // The files are stored, and the account does not have them yet; or it gets them, if it is quicker than the deletion.
          if (round < 2) await deleted;
        });
        const uploading = upload(token, bytes);
        await reached;
        expect((await app.call('DELETE', '/v1/users/me', { token, body: { password: PASSWORD } })).status).toBe(204);
        goOn();
        expect(round < 2 ? [404] : [200, 401, 404]).toContain((await uploading).status);
        expect(await stored()).toHaveLength(before);
      }
    } finally {
      spy.mockRestore();
    }
  });

  it('collects orphans that are old enough, and nothing else', async () => {
    const user = await signedIn(app);
    const { avatar } = (await upload(user.accessToken, await image('#0c0c0c').png().toBuffer())).body;
    const storage = app.nest.get(BlobStorage);
    const [old, young] = ['0'.repeat(32), '1'.repeat(32)];
    for (const name of [old, young]) await storage.put(`avatars/${name}.jpg`, Buffer.from('orphan'), 'image/jpeg');
    await age(old);
    await age(nameIn(avatar));
    expect(await app.nest.get(AvatarCollector).collect()).toBe(1);
    expect(await stored()).not.toContain(`${old}.jpg`);
    expect(await stored()).toContain(`${young}.jpg`);
    expect((await fetchImage(avatar.url)).statusCode).toBe(200);
  });

  it('has the replaced picture of a database that goes back', async () => {
    const user = await signedIn(app);
    const former = (await upload(user.accessToken, await image('#0e0e0e').png().toBuffer())).body.avatar;
    await age(nameIn(former));
    await age(`${nameIn(former)}-small`);
    await upload(user.accessToken, await image('#0f0f0f').png().toBuffer());
    expect(await app.nest.get(AvatarCollector).collect()).toBe(0);
    await app.rows('UPDATE users SET avatar = $2 WHERE id = $1', [user.id, nameIn(former)]);
    expect((await app.get('/v1/users/me', { token: user.accessToken })).body.avatar).toEqual(former);
    for (const url of [former.url, former.smallUrl]) expect((await fetchImage(url)).statusCode).toBe(200);
    await collectADayLater();
    expect((await fetchImage(former.url)).statusCode).toBe(200);
  });

  it('leaves nothing behind of an upload that breaks off', async () => {
    const { accessToken } = await signedIn(app);
    const before = await stored();
    const body = avatarForm(await image('#0d0d0d').png().toBuffer());
    const socket = connect(Number(new URL(await listen()).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write(
      `PUT /v1/users/me/avatar HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${accessToken}\r\nContent-Type: ${AVATAR_HEADERS['content-type']}\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    socket.write(body.subarray(0, body.length / 2), () => socket.destroy());
    await poll('the server to answer again', async () => ((await app.get('/health/live')).status === 200 ? true : undefined));
    expect((await app.get('/v1/users/me', { token: accessToken })).body.avatar).toBeNull();
    expect(await stored()).toEqual(before);
  });

  it.runIf(kind === 's3')('answers 503 while the store is away, after one more try', async () => {
    const { accessToken } = await signedIn(app);
    store.s3.failWith = 500;
    const answer = await upload(accessToken, await image('#0e0e0e').png().toBuffer());
    store.s3.failWith = undefined;
    expect([answer.status, answer.body.code]).toEqual([503, 'server.unavailable']);
    expect((await upload(accessToken, await image('#0e0e0e').png().toBuffer())).status).toBe(200);
    expect(store.s3.refusedSignatures).toBe(0);
  });

  // What never reaches the store, or is the same to any: once.
  describe.runIf(kind === 'disk')('or anywhere', () => {
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

    it('refuses a picture that is something else at the same time', async () => {
      const { accessToken } = await signedIn(app);
      const png = await image('#fedcba').png().toBuffer();
      const jpeg = await image('#fedcba').jpeg().toBuffer();
      const comment = Buffer.from('fffe000c255044462d312e370a00', 'hex');
      const zipEnd = Buffer.concat([Buffer.from('PK\u0005\u0006'), Buffer.alloc(18)]);
      const polyglots = {
        'png, then html': Buffer.concat([png, Buffer.from('\n<script>alert(1)</script>')]),
        'png, then gif': Buffer.concat([png, Buffer.from('GIF89a')]),
        'png, then pdf': Buffer.concat([png, Buffer.from('%PDF-1.7\n%%EOF')]),
        'jpeg, then zip': Buffer.concat([jpeg, Buffer.alloc(99, 'x'), zipEnd]),
        'jpeg, then php': Buffer.concat([jpeg, Buffer.from('<?php')]),
        'jpeg with a pdf in a comment': Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2)]),
        'webp, then svg': Buffer.concat([await image('#fedcba').webp().toBuffer(), Buffer.from('<svg/>')]),
      };
      for (const [name, bytes] of Object.entries(polyglots)) expect([name, (await upload(accessToken, bytes)).status]).toEqual([name, 415]);
    });

    it.each([false, true])(
      'takes a JPEG without its end marker, as browsers do, but none that lacks more (progressive: %s)',
      async (progressive) => {
        const { accessToken } = await signedIn(app);
        const noise = sharp(randomBytes(90 * 60 * 3), { raw: { width: 90, height: 60, channels: 3 } });
        const jpeg = await noise.jpeg({ progressive }).toBuffer();
        const answers = [];
        for (const missing of [1, 2, 3, 50, jpeg.length / 2, jpeg.length - 20]) {
          const { status, body } = await upload(accessToken, jpeg.subarray(0, jpeg.length - missing));
          answers.push(status === 200 ? status : body.errors[0].rule);
        }
        expect(answers).toEqual([200, 200, ...Array(4).fill('avatar.unreadable')]);
      },
    );

    it('takes a PNG without its last chunk, and refuses other formats that are cut off', async () => {
      const { accessToken } = await signedIn(app);
      const png = await image('#abcdef').png().toBuffer();
      const webp = await image('#abcdef').webp().toBuffer();
      expect((await upload(accessToken, png.subarray(0, -12))).status).toBe(200);
      for (const bytes of [png.subarray(0, -20), webp.subarray(0, -1), webp.subarray(0, -9)])
        expect((await upload(accessToken, bytes)).body.errors[0].rule).toBe('avatar.unreadable');
    });

    it('keeps nothing of what a camera appends', async () => {
      const { accessToken } = await signedIn(app);
      const jpeg = await image('#fedcba').jpeg().toBuffer();
      const answer = await upload(accessToken, Buffer.concat([jpeg, Buffer.from('\0\0\0\u0018ftypmp42 a video of the street')]));
      expect(answer.status).toBe(200);
      expect((await fetchImage(answer.body.avatar.url)).rawPayload.includes('street')).toBe(false);
    });

    it('turns a picture upright before it cuts it', async () => {
      const { accessToken } = await signedIn(app);
      const red = await image('#ff0000', 400, 100).png().toBuffer();
      // Stored with red on top, to be shown turned by 90° clockwise: red is on the right.
      const bytes = await image('#0000ff', 400, 400)
        .composite([{ input: red, top: 0, left: 0 }])
        .jpeg()
        .withMetadata({ orientation: 6 })
        .toBuffer();
      const { avatar } = (await upload(accessToken, bytes)).body;
      const { data } = await sharp((await fetchImage(avatar.url)).rawPayload)
        .raw()
        .toBuffer({ resolveWithObject: true });
      const colorAt = (x: number, y: number) => (Number(data[(y * 512 + x) * 3]) > 200 ? 'red' : 'blue');
      expect([colorAt(500, 256), colorAt(10, 256), colorAt(256, 10), colorAt(256, 500)]).toEqual(['red', 'blue', 'blue', 'blue']);
    });

    it('refuses too many pixels before it decodes them', async () => {
      const { accessToken } = await signedIn(app);
      const memory = process.memoryUsage().rss;
      const ms = await cpuTimeOf(async () => {
        const answer = await upload(accessToken, hugePng(64_250, 64_250));
        expect([answer.status, answer.body.errors[0].rule]).toEqual([422, 'avatar.too_many_pixels']);
      });
      expect(ms).toBeLessThan(5_000);
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
      const field = `--${AVATAR_BOUNDARY}\r\nContent-Disposition: form-data; name="avatar"\r\n\r\ntext\r\n--${AVATAR_BOUNDARY}--\r\n`;
      const noFile = await app.call('PUT', '/v1/users/me/avatar', { token, body: field, headers: AVATAR_HEADERS });
      expect([noFile.status, noFile.body.errors?.[0]]).toEqual([
        422,
        expect.objectContaining({ pointer: '/avatar', rule: 'avatar.missing' }),
      ]);
      expect((await app.call('PUT', '/v1/users/me/avatar', { token, body: { avatar: 'x' } })).status).toBe(415);
      expect((await app.call('PUT', '/v1/users/me/avatar', { token })).status).toBe(415);
      expect((await app.call('PUT', '/v1/users/me/avatar', { token, body: 'garbage', headers: AVATAR_HEADERS })).status).toBeLessThan(500);
      expect((await app.post('/v1/auth/login', avatarForm(Buffer.from('x')), { headers: AVATAR_HEADERS })).status).toBe(415);
    });

    it('has a picture of those who have none', async () => {
      const { format, width } = await sharp((await fetchImage('http://x/avatars/default.jpg')).rawPayload).metadata();
      expect([format, width]).toEqual(['jpeg', 512]);
    });

    it('takes a bounded number of uploads at a time, and serves everything else while the store hangs', async () => {
      const users = await Promise.all(Array.from({ length: 10 }, () => signedIn(app)));
      const accessToken = String(users[0]?.accessToken);
      const bytes = await image('#0d0e0f', 20, 20).png().toBuffer();
      const storage = app.nest.get(BlobStorage);
      const put = storage.put.bind(storage);
      let release = (): void => {};
      const hanging = new Promise<void>((resolve) => (release = resolve));
      const slow = vi.spyOn(storage, 'put').mockImplementation(async (...file) => hanging.then(() => put(...file)));
      const uploads = users.flatMap((user) => Array.from({ length: 4 }, () => upload(user.accessToken, bytes)));
      await poll('the store to be asked', () => (slow.mock.calls.length >= 2 ? true : undefined));
      const me = await Promise.all(Array.from({ length: 10 }, () => app.get('/v1/users/me', { token: accessToken })));
      expect(me.every(({ status }) => status === 200)).toBe(true);
      release();
      const answers = await Promise.all(uploads);
      slow.mockRestore();
      const refused = answers.filter(({ status }) => status === 503);
      expect(refused.length).toBeGreaterThan(0);
      expect(refused.every(({ body, headers }) => body.code === 'server.busy' && Number(headers['retry-after']) > 0)).toBe(true);
      expect(answers.filter(({ status }) => status === 200).length).toBe(answers.length - refused.length);
      expect((await upload(accessToken, bytes)).status).toBe(200);
    });

    it('lets nobody take the places of all, nor upload more than so many an hour', async () => {
      const [one, other] = [await signedIn(app), await signedIn(app)];
      const bytes = await image('#0d0e10', 20, 20).png().toBuffer();
      const answers = await Promise.all([
        ...Array.from({ length: 12 }, () => upload(one.accessToken, bytes)),
        upload(other.accessToken, bytes),
      ]);
      expect(answers.at(-1)?.status).toBe(200);
      expect(answers.slice(0, -1).map(({ status }) => status)).toEqual(expect.arrayContaining([200, 503]));

      const limited = await startApp({ RATE_LIMIT: 'on', LIMIT_UPLOADS: '3/900' }, app.settings.DATABASE_URL);
      try {
        const statuses: number[] = [];
        for (let i = 0; i < 5; i += 1)
          statuses.push(
            (await limited.call('PUT', '/v1/users/me/avatar', { token: one.accessToken, body: avatarForm(bytes), headers: AVATAR_HEADERS }))
              .status,
          );
        expect(statuses).toEqual([200, 200, 200, 429, 429]);
        const unhindered = { token: other.accessToken, body: avatarForm(bytes), headers: AVATAR_HEADERS };
        expect((await limited.call('PUT', '/v1/users/me/avatar', unhindered)).status).toBe(200);
      } finally {
        await limited.stop();
      }
    });

    it('refuses too many bytes over a connection that goes on', async () => {
      const { accessToken } = await signedIn(app);
      const png = await image('#456789').png().toBuffer();
      const origin = await listen();
      const put = async (size: number): Promise<[number, string | undefined]> => {
        const body = new Uint8Array(avatarForm(Buffer.concat([png, Buffer.alloc(size - png.length)])));
        const answer = await fetch(`${origin}/v1/users/me/avatar`, {
          method: 'PUT',
          body,
          headers: { ...AVATAR_HEADERS, authorization: `Bearer ${accessToken}` },
        });
        return [answer.status, ((await answer.json()) as { code?: string }).code];
      };
      for (const size of [MAX_BYTES + 1, MAX_BYTES + 1, 20 * MAX_BYTES, 2 * MAX_BYTES])
        expect(await put(size)).toEqual([413, 'request.too_large']);
      expect(await put(MAX_BYTES)).toEqual([200, undefined]);
    });
  });
});
