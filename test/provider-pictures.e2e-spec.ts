import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProviderPictures } from '../src/auth/factors/federation/provider-pictures.service.js';
import { AvatarsService } from '../src/avatars/avatars.service.js';
import { UnavailableError } from '../src/common/errors.js';
import { BlobStorage } from '../src/storage/blob-storage.js';
import { freshEmail, signedIn } from './support/accounts.js';
import type { FalseProvider } from './support/false-provider.js';
import { FEDERATED, addProvider, falseProvider, signInBy } from './support/federation.js';
import { poll } from './support/poll.js';
import { readSignIn } from './support/sign-ins.js';
import { type TestApp, sharedApp } from './support/start-app.js';

const MAX_BYTES = 65_536;
const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd"/></svg>';

describe('the picture of an identity', () => {
  let app: TestApp;
  let fake: FalseProvider;
  let server: Server;
  let pictures: string;
  let provider: string;
  const asked: string[] = [];

  const pictureOf = async (id: string): Promise<string | null> => {
    const [row] = await app.rows<{ avatar: string | null }>('SELECT avatar FROM users WHERE id = $1', [id]);
    return row?.avatar ?? null;
  };
  /** An account with an identity that has this picture. */
  const linked = async (picture: string | null, in_: TestApp = app, at = provider): Promise<{ userId: string; identityId: string }> => {
    const user = await signedIn(in_);
    const [row] = await in_.rows<{ id: string }>(
      `INSERT INTO identities (id, user_id, provider_id, issuer, subject, email_verified, profile)
       VALUES (gen_random_uuid(), $1::uuid, $2, 'https://id.example.com', $1::text, false, $3) RETURNING id`,
      [user.id, at, { name: null, firstName: null, lastName: null, picture }],
    );
    return { userId: user.id, identityId: String(row?.id) };
  };
  const fetchIn = (in_: TestApp, identityId: string) => in_.nest.get(ProviderPictures, { strict: false }).fetch(identityId);

  beforeAll(async () => {
    const picture = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#c03' } })
      .png()
      .withExif({ IFD0: { Copyright: 'Hidden words' } })
      .toBuffer();
    const noise = await sharp(Buffer.from(Array.from({ length: 400 * 400 * 3 }, (_, i) => (i * 7919 + (i >> 3)) % 251)), {
      raw: { width: 400, height: 400, channels: 3 },
    })
      .png({ compressionLevel: 0 })
      .toBuffer();
    const answers: Record<string, [status: number, body: Buffer | string, headers?: Record<string, string>]> = {
      '/me.png': [200, picture, { 'content-type': 'image/png' }],
      '/lies.png': [200, picture, { 'content-type': 'text/html' }],
      '/moved.png': [302, '', { location: '/me.png' }],
      '/missing.png': [404, picture],
      '/huge.png': [200, noise],
      '/page.png': [200, '<html>no picture</html>', { 'content-type': 'image/png' }],
      '/empty.png': [200, ''],
      '/half.png': [200, picture.subarray(0, picture.length / 2)],
      '/drawing.svg': [200, SVG, { 'content-type': 'image/svg+xml' }],
    };
    server = createServer((request, response) => {
      asked.push(String(request.url));
      const answer = answers[String(request.url)];
      // Any other address hangs.
      if (answer !== undefined) response.writeHead(answer[0], answer[2]).end(answer[1]);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    pictures = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    [app, fake] = await Promise.all([sharedApp({ ...FEDERATED, AVATAR_MAX_BYTES: String(MAX_BYTES) }), falseProvider()]);
    provider = await addProvider(app, { issuer: fake.issuer, signUps: true });
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await app.stop();
  });

  it('is given to an account that has none, decoded and encoded anew, after the sign-in was answered', async () => {
    const person = { sub: 'with-picture', email: freshEmail(), email_verified: true, picture: `${pictures}/me.png` };
    const { session } = (await readSignIn(app, await signInBy(app, fake, person))).body;
    await poll('the picture', async () => (await pictureOf(session.user.id)) ?? undefined);
    const { body } = await app.get('/v1/users/me', { token: session.accessToken });
    const file = await app.nest.inject({ url: new URL(body.avatar.url).pathname });
    const { format, width, exif } = await sharp(file.rawPayload).metadata();
    expect([format, width, exif]).toEqual(['jpeg', 512, undefined]);
    const events = await app.rows(`SELECT actor_id FROM audit_events WHERE subject_id = $1 AND action = 'avatar.changed'`, [
      session.user.id,
    ]);
    expect(events).toEqual([{ actor_id: null }]);
    // Another sign-in does not ask again.
    const before = asked.length;
    await readSignIn(app, await signInBy(app, fake, person));
    expect(await app.rows(`SELECT FROM graphile_worker.jobs WHERE task_identifier = 'fetch_provider_picture'`)).toEqual([]);
    expect(asked).toHaveLength(before);
  });

  it('is judged by its content, not by what its server calls it', async () => {
    const { userId, identityId } = await linked(`${pictures}/lies.png`);
    await fetchIn(app, identityId);
    expect(await pictureOf(userId)).toMatch(/^[\da-f]{32}$/);
  });

  it.each(['moved.png', 'missing.png', 'huge.png', 'page.png', 'empty.png', 'half.png', 'drawing.svg', 'hanging.png'])(
    'is left out when it is /%s',
    async (path) => {
      const { userId, identityId } = await linked(`${pictures}/${path}`);
      asked.length = 0;
      await fetchIn(app, identityId);
      expect(await pictureOf(userId)).toBeNull();
      expect(asked).toEqual([`/${path}`]);
      expect(app.logs.join('')).toContain(identityId);
    },
  );

  it.each(['data:image/png;base64,iVBORw0KGgo=', 'file:///etc/passwd', 'javascript:1', 'nothing', 'ftp://127.0.0.1/a.png', ''])(
    'is left out at %j',
    async (url) => {
      const { userId, identityId } = await linked(url);
      await fetchIn(app, identityId);
      expect(await pictureOf(userId)).toBeNull();
    },
  );

  it('is not fetched from private addresses', async () => {
    const guarded = await sharedApp();
    try {
      const there = await addProvider(guarded, { issuer: 'https://id.example.com' });
      asked.length = 0;
      const { port } = new URL(pictures);
      const addresses = ['127.0.0.1', 'localhost', '[::1]', '2130706433', '169.254.169.254', '10.0.0.1', '[::ffff:127.0.0.1]'];
      const urls = [...addresses.map((host) => `https://${host}:${port}/me.png`), `${pictures}/me.png`];
      for (const url of urls) {
        const { userId, identityId } = await linked(url, guarded, there);
        await fetchIn(guarded, identityId);
        const [row] = await guarded.rows<{ avatar: string | null }>('SELECT avatar FROM users WHERE id = $1', [userId]);
        expect(row?.avatar).toBeNull();
      }
      expect(asked).toEqual([]);
    } finally {
      await guarded.stop();
    }
  });

  it('does not replace one that the account has, also if that came meanwhile', async () => {
    const { userId, identityId } = await linked(`${pictures}/me.png`);
    const own = await sharp({ create: { width: 50, height: 50, channels: 3, background: '#0a0' } })
      .png()
      .toBuffer();
    const avatars = app.nest.get(AvatarsService, { strict: false });
    await avatars.set(userId, own);
    const name = await pictureOf(userId);
    asked.length = 0;
    await fetchIn(app, identityId);
    expect(asked).toEqual([]);
    const other = await sharp(own).negate().png().toBuffer();
    await avatars.setWhereNone(userId, other);
    expect(await pictureOf(userId)).toBe(name);
  });

  it('is not fetched for an identity that is gone, a disabled account, or without an address', async () => {
    asked.length = 0;
    await fetchIn(app, '00000000-0000-4000-8000-000000000000');
    await fetchIn(app, (await linked(null)).identityId);
    const { userId, identityId } = await linked(`${pictures}/me.png`);
    await app.rows('UPDATE users SET disabled_at = now() WHERE id = $1', [userId]);
    await fetchIn(app, identityId);
    expect(asked).toEqual([]);
  });

  it('is tried again when the storage of this server is away', async () => {
    const { userId, identityId } = await linked(`${pictures}/me.png`);
    const storage = app.nest.get(BlobStorage, { strict: false });
    const put = storage.put.bind(storage);
    storage.put = () => Promise.reject(new UnavailableError(2));
    await expect(fetchIn(app, identityId)).rejects.toBeInstanceOf(UnavailableError);
    storage.put = put;
    await fetchIn(app, identityId);
    expect(await pictureOf(userId)).not.toBeNull();
  });
});
