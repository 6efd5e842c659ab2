import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signedIn } from '../support/accounts.js';
import { AVATAR_HEADERS, avatarForm, image } from '../support/avatars.js';
import { S3Server, S3_CREDENTIALS } from '../support/s3-server.js';
import { type TestApp, startApp } from '../support/start-app.js';

describe.each(['disk', 's3'] as const)('avatars kept on %s, of a few who change them all the time', (kind) => {
  const s3 = new S3Server();
  let folder: string;
  let app: TestApp;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latchkey-avatars-'));
    const environment: Record<string, string> =
      kind === 'disk'
        ? { STORAGE_URL: pathToFileURL(folder).href }
        : {
            STORAGE_URL: `s3://bucket?region=test-region&endpoint=${await s3.start()}`,
            STORAGE_ACCESS_KEY: S3_CREDENTIALS.accessKeyId,
            STORAGE_SECRET_KEY: S3_CREDENTIALS.secretAccessKey,
          };
    app = await startApp(environment);
  });
  afterAll(async () => {
    await app.stop();
    await rm(folder, { recursive: true, force: true });
    if (kind === 's3') await s3.stop();
  });

  const stored = async (): Promise<number> =>
    kind === 's3' ? s3.objects.size : (await readdir(join(folder, 'avatars')).catch(() => [])).length;

  it('are never lost when some give a picture up while others take it', async () => {
    const users = await Promise.all([signedIn(app), signedIn(app), signedIn(app)]);
    const pictures = await Promise.all(['#700000', '#007000'].map((color) => image(color).png().toBuffer()));
    for (let round = 0; round < 15; round += 1) {
      const answers = await Promise.all(
        users.map(({ accessToken: token }, i) => {
          const body = avatarForm(pictures[(round + (i % 2)) % 2] ?? Buffer.alloc(0));
          return app.call('PUT', '/v1/users/me/avatar', { token, body, headers: AVATAR_HEADERS });
        }),
      );
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      for (const { accessToken: token } of users) {
        const { avatar } = (await app.get('/v1/users/me', { token })).body;
        for (const url of [avatar.url, avatar.smallUrl]) expect((await app.get(new URL(url).pathname)).status).toBe(200);
      }
    }
    expect(await stored()).toBe(4);
    await Promise.all(users.map(({ accessToken: token }) => app.call('DELETE', '/v1/users/me/avatar', { token })));
    expect(await stored()).toBe(0);
  });
});
