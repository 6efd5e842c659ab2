import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signedIn } from '../support/accounts.js';
import { AvatarStore, STORE_KINDS } from '../support/avatar-store.js';
import { AVATAR_HEADERS, avatarForm, image } from '../support/avatars.js';
import { type TestApp, startApp } from '../support/start-app.js';

describe.each(STORE_KINDS)('avatars kept on %s, of a few who change them all the time', (kind) => {
  const store = new AvatarStore(kind);
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp(await store.start());
  });
  afterAll(async () => {
    await app.stop();
    await store.stop();
  });

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
    expect(await store.names()).toHaveLength(4);
    await Promise.all(users.map(({ accessToken: token }) => app.call('DELETE', '/v1/users/me/avatar', { token })));
    expect(await store.names()).toEqual([]);
  });
});
