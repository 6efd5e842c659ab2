import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProfileService } from '../src/users/profile.service.js';
import { type TestUser, register, signIn, signedIn } from './support/accounts.js';
import { type Answer, type TestApp, sharedApp } from './support/start-app.js';

const ME = '/v1/users/me';

describe('editing one’s profile', () => {
  let app: TestApp;
  let user: TestUser;
  let serial = 0;
  beforeAll(async () => {
    app = await sharedApp();
    user = await signedIn(app);
  });
  afterAll(() => app.stop());

  const freshUsername = (): string => `Grace.${(serial += 1)}.${process.pid}`;
  const edit = (body: unknown, token = user.accessToken): Promise<Answer> => app.call('PATCH', ME, { body, token });
  const editRaw = (payload: string): Promise<Answer> =>
    app.call('PATCH', ME, { headers: { 'content-type': 'application/json' }, payload, token: user.accessToken });
  const row = async (id = user.id): Promise<Record<string, unknown>> => {
    const [found] = await app.rows<Record<string, unknown>>('SELECT * FROM users WHERE id = $1', [id]);
    return found ?? {};
  };

  it('changes what is sent, leaves what is absent and clears what is null', async () => {
    const { accessToken, id } = await signedIn(app, { firstName: 'Ada', locale: 'en' });
    const username = freshUsername();
    const edited = await edit(
      { username, lastName: '  Hopper ', gender: 'female', locale: 'de-ch', metadata: { theme: 'dark' } },
      accessToken,
    );
    expect(edited.status).toBe(200);
    expect(edited.body).toMatchObject({
      id,
      username,
      firstName: 'Ada',
      lastName: 'Hopper',
      gender: 'female',
      locale: 'de-CH',
      metadata: { theme: 'dark' },
    });
    expect((await app.get(ME, { token: accessToken })).body).toEqual(edited.body);

    const cleared = await edit({ username: null, firstName: null, lastName: '', gender: null, locale: null, metadata: null }, accessToken);
    expect(cleared.body).toMatchObject({ username: null, firstName: null, lastName: null, gender: null, locale: null, metadata: {} });
  });

  it('moves version and updatedAt with an edit, and not with one that changes nothing', async () => {
    const { accessToken, id } = await signedIn(app, { firstName: 'Ada' });
    const before = await row(id);
    for (const body of [{}, { firstName: 'Ada' }, { metadata: {} }]) expect((await edit(body, accessToken)).status).toBe(200);
    expect(await row(id)).toEqual(before);
    await edit({ firstName: 'Grace' }, accessToken);
    const after = await row(id);
    expect(after['version']).toBe(Number(before['version']) + 1);
    expect(Number(after['updated_at'])).toBeGreaterThan(Number(before['updated_at']));
  });

  it('puts on record which fields were changed, and not to what', async () => {
    const { accessToken, id } = await signedIn(app);
    const username = freshUsername();
    await edit({ username, firstName: 'Grace', metadata: { a: 1 } }, accessToken);
    const events = await app.rows(
      `SELECT outcome, actor_id, ip, details FROM audit_events WHERE action = 'account.updated' AND subject_id = $1`,
      [id],
    );
    expect(events).toEqual([{ outcome: 'success', actor_id: id, ip: '127.0.0.1', details: { fields: 'username firstName metadata' } }]);
  });

  describe('a username', () => {
    it('is signed in with as soon as it is changed, and the old one is free', async () => {
      const [first, second] = [freshUsername(), freshUsername()];
      const { accessToken } = await signedIn(app, { username: first });
      expect((await edit({ username: second }, accessToken)).status).toBe(200);
      await signIn(app, second.toLowerCase());
      expect((await app.post('/v1/auth/login', { identifier: first, password: user.password })).status).toBe(401);
      expect((await edit({ username: first })).body.username).toBe(first);
    });

    it('may be written differently by its owner, and by nobody else', async () => {
      const username = freshUsername();
      const { accessToken } = await signedIn(app, { username });
      expect((await edit({ username: username.toUpperCase() }, accessToken)).body.username).toBe(username.toUpperCase());
      const taken = await edit({ username });
      expect([taken.status, taken.body.code]).toEqual([409, 'user.username_taken']);
    });

    it('goes to one of 20 who want it at once', async () => {
      const users = await Promise.all(Array.from({ length: 20 }, () => signedIn(app)));
      const username = freshUsername();
      const answers = await Promise.all(
        users.map(({ accessToken }, i) => edit({ username: i % 2 === 0 ? username : username.toUpperCase() }, accessToken)),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ body }) => body.code === 'user.username_taken')).toHaveLength(19);
    });

    it('may be cleared only while something else is left to sign in with', async () => {
      const { accessToken, id } = await signedIn(app, { username: freshUsername() });
      await app.rows('UPDATE users SET email = NULL, email_key = NULL WHERE id = $1', [id]);
      const refused = await edit({ username: null, firstName: 'Grace' }, accessToken);
      expect([refused.status, refused.body.errors[0]]).toMatchObject([422, { pointer: '/username', rule: 'identifier.missing' }]);
      expect((await row(id))['first_name']).toBeNull();
      await app.rows(`UPDATE users SET mobile = '+12025550199', mobile_key = '+12025550199' WHERE id = $1`, [id]);
      expect((await edit({ username: null }, accessToken)).body.username).toBeNull();
    });

    it.each(['ab', 'a'.repeat(33), '12345', 'a b', 'a@b.test', '+abc', 'ädä', 'аdmin', 'İsmail', 'a\u200Bbc', '', 7, ['ada'], {}, true])(
      'is not %j',
      async (username) => {
        const { status, body } = await edit({ username });
        expect([status, body.errors[0].pointer]).toEqual([422, '/username']);
      },
    );
  });

  it('loses the blanks and marks around a username', async () => {
    expect((await edit({ username: ' \u202AMarked.Ada\u202C\u200B' })).body.username).toBe('Marked.Ada');
  });

  describe('metadata', () => {
    it.each([
      {},
      { a: { b: [1, 'two', null, true, { c: -1.5e-7 }] }, '': 0, 'a.b/c~d $e': [] },
      { toString: 'x', hasOwnProperty: 1, length: 3, valueOf: null, role: 'admin', id: 'mine' },
      { big: 9007199254740991, huge: 1e308, tiny: 5e-324, emoji: '😀', lines: 'a\r\nb\u0001\u001B[31m' },
    ] as object[])('keeps %j as it was sent', async (metadata) => {
      expect((await edit({ metadata })).body.metadata).toEqual(metadata);
      expect((await app.get(ME, { token: user.accessToken })).body.metadata).toEqual(metadata);
    });

    it('is replaced as a whole', async () => {
      await edit({ metadata: { a: 1, b: { c: 2 } } });
      expect((await edit({ metadata: { b: { d: 3 } } })).body.metadata).toEqual({ b: { d: 3 } });
    });

    it.each([
      ['text', '"a"', 'isObject'],
      ['an array', '[]', 'isObject'],
      ['a number', '7', 'isObject'],
      ['nine levels', `${'{"a":'.repeat(9)}1${'}'.repeat(9)}`, 'metadata.too_deep'],
      ['nine levels of arrays', `{"a":${'['.repeat(8)}${']'.repeat(8)}}`, 'metadata.too_deep'],
      ['a number beyond all numbers', '{"a":[1e309]}', 'metadata.invalid'],
      ['8,193 bytes', `{"a":"${'x'.repeat(8_193 - 8)}"}`, 'metadata.too_large'],
      ['8,193 bytes of emoji', `{"a":"${'😀'.repeat(2_047)}"}`, 'metadata.too_large'],
      ['NUL', String.raw`{"a":"x\u0000"}`, 'isText'],
      ['NUL in a key', String.raw`{"a":{"x\u0000":1}}`, 'isText'],
      ['a lone surrogate', String.raw`{"a":["\ud800"]}`, 'isText'],
      ['a key that reaches prototypes', '{"a":{"constructor":"x"}}', 'reservedKey'],
      ['another of those', '{"prototype":1}', 'reservedKey'],
    ])('is refused when it is or has %s', async (_, literal, rule) => {
      await edit({ metadata: { kept: true } });
      const { status, body } = await editRaw(`{"metadata":${literal}}`);
      expect([status, body.errors[0].rule]).toEqual([422, rule]);
      expect(body.errors[0].pointer).toMatch(/^\/metadata/);
      expect((await app.get(ME, { token: user.accessToken })).body.metadata).toEqual({ kept: true });
    });

    it('may have 8,192 bytes, in eight levels', async () => {
      expect((await editRaw(`{"metadata":{"a":"${'x'.repeat(8_192 - 8)}"}}`)).status).toBe(200);
      expect((await editRaw(`{"metadata":${'{"a":'.repeat(8)}1${'}'.repeat(8)}}`)).status).toBe(200);
    });

    it.each([
      '{"metadata":{"__proto__":{"admin":true}}}',
      '{"metadata":{"a":{"constructor":{"prototype":{"admin":true}}}}}',
      String.raw`{"metadata":{"\u005f_proto__":1}}`,
    ])('pollutes no prototype: %s', async (body) => {
      expect([400, 422]).toContain((await editRaw(body)).status);
      expect(({} as { admin?: unknown }).admin).toBeUndefined();
    });
  });

  it.each([
    ['role', 'admin'],
    ['roles', ['admin']],
    ['isAdmin', true],
    ['emailVerified', true],
    ['email', 'other@example.com'],
    ['mobile', '+12025550198'],
    ['userId', 1],
    ['id', '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11'],
    ['number', 1],
    ['version', 7],
    ['passwordHash', 'x'],
    ['password', 'four bright birds sing'],
    ['disabledAt', null],
    ['createdAt', '2020-01-01'],
    ['profile', { role: 'admin' }],
    ['avatar', 'x'],
    ['usernameKey', 'x'],
    ['constructor', 1],
  ])('refuses %s, which is not edited here, and changes nothing', async (name, value) => {
    const before = await row();
    const { status, body } = await edit({ firstName: `Grace ${(serial += 1)}`, [name]: value });
    expect([status, body.errors.map(({ pointer }: { pointer: string }) => pointer)]).toEqual([422, [`/${name}`]]);
    expect(await row()).toEqual(before);
  });

  it.each(['null', '[]', '"x"', '7', '[{"firstName":"x"}]'])('refuses %s as a body', async (body) => {
    expect((await editRaw(body)).status).toBe(422);
  });

  it('keeps line breaks and direction marks out of names, which go into mails and logs', async () => {
    for (const name of ['a\nb', 'a\r\nBcc: x@evil.test', 'a\u001B[31m', '\u202Eevil', 'a\u2028b', 'x'.repeat(101)]) {
      const { status, body } = await edit({ firstName: name, lastName: 'Hopper' });
      expect([status, body.errors[0].pointer]).toEqual([422, '/firstName']);
    }
  });

  it('is of the caller alone: the account of the token is the one that is edited', async () => {
    const other = await register(app);
    const before = await row(other.id);
    await edit({ firstName: 'Mallory' });
    expect(await row(other.id)).toEqual(before);
    expect((await app.call('PATCH', ME, { body: { firstName: 'x' } })).body.code).toBe('access.unauthenticated');
    expect((await app.call('PATCH', `/v1/users/${other.id}`, { body: { firstName: 'x' }, token: user.accessToken })).status).not.toBe(200);
    expect(await row(other.id)).toEqual(before);
  });

  it('serves other wire formats through the service, under the same rules', async () => {
    const profiles = app.nest.get(ProfileService);
    const username = freshUsername();
    expect(await profiles.change(user.id, { username, gender: undefined })).toMatchObject({ id: user.id, username });
    await expect(profiles.change(user.id, { metadata: [] as never })).rejects.toMatchObject({ code: 'request.invalid' });
    await expect(profiles.change(crypto.randomUUID(), { firstName: 'x' })).rejects.toMatchObject({ code: 'user.not_found' });
  });
});
