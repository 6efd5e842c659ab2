import { hash } from '@node-rs/argon2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, freshEmail, register, signIn } from './support/accounts.js';
import { type Answer, type TestApp, sharedApp, startApp } from './support/start-app.js';

/** 100 characters, no two parts alike. */
const LONG = 'Zebra crossings at noon; 47 violins, a lighthouse & one very patient gardener wait for the 9.15 train!'.slice(0, 100);

describe('passwords', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());

  const tryRegister = (password: string, fields: object = {}): Promise<Answer> =>
    app.post('/v1/auth/register', { email: freshEmail(), password, ...fields });
  const tryLogin = (identifier: string, password: string): Promise<Answer> => app.post('/v1/auth/login', { identifier, password });
  const ruleOf = ({ status, body }: Answer): [number, string, string] => [status, body.errors[0].pointer, body.errors[0].rule];

  describe('count in code points', () => {
    const letters = (count: number): string => LONG.repeat(2).slice(0, count);

    it.each([14, 1, 0])('%d are too few', async (count) => {
      expect(ruleOf(await tryRegister(letters(count)))).toEqual([422, '/password', 'password.too_short']);
      expect(ruleOf(await tryRegister('😀'.repeat(count)))).toEqual([422, '/password', 'password.too_short']);
    });

    it.each([15, 64, 128])('%d are accepted, of letters, spaces or emoji, and open the account', async (count) => {
      for (const password of [
        letters(count),
        '🦊🌵😀'.repeat(count).slice(0, 2 * count),
        ' '.repeat(count - 2).concat('ab'),
        'ü'.repeat(count),
      ]) {
        expect([...password]).toHaveLength(count);
        const email = freshEmail();
        expect((await tryRegister(password, { email })).status).toBe(201);
        await signIn(app, email, password);
      }
    });

    it.each([129, 500])('%d are too many', async (count) => {
      expect(ruleOf(await tryRegister(letters(200).repeat(3).slice(0, count)))).toEqual([422, '/password', 'password.too_long']);
      expect(ruleOf(await tryRegister('😀'.repeat(count)))).toEqual([422, '/password', 'password.too_long']);
    });

    it('of any kind: there are no rules about which', async () => {
      for (const password of [
        'aaaaaaaaaaaaaab',
        '                aa',
        '999999999999998',
        'ABCDEFGHJKLMNPQ',
        '\u{1F600}'.repeat(15),
        'пароль без цифр и знаков',
      ]) {
        expect((await tryRegister(password)).status).toBe(201);
      }
    });
  });

  it('count whole: shortened, case-flipped or trimmed they do not open the account', async () => {
    const password = `${LONG.slice(0, 98)}  `;
    expect(password).toHaveLength(100);
    const { email } = await register(app, { password });
    const flipped = [...password].map((char) => (char === char.toUpperCase() ? char.toLowerCase() : char.toUpperCase())).join('');
    for (const wrong of [
      password.slice(0, 72),
      password.slice(0, 99),
      password.trim(),
      flipped,
      password.toLowerCase(),
      ` ${password}`,
      `${password} `,
      `${password}\n`,
      password.replace(' ', '\u00A0'),
      'x'.repeat(100),
    ]) {
      expect((await tryLogin(email, wrong)).status).toBe(401);
    }
    await signIn(app, email, password);
  });

  it('are the same in every Unicode normal form of the same characters, and in no other', async () => {
    const written = 'Zürich Ångström café naïve';
    expect(written.normalize('NFC')).not.toBe(written.normalize('NFD'));
    for (const [set, typed] of [
      ['NFC', 'NFD'],
      ['NFD', 'NFC'],
    ] as const) {
      const { email } = await register(app, { password: written.normalize(set) });
      await signIn(app, email, written.normalize(typed));
    }
    const { email } = await register(app, { password: 'ﬁfteen ﬁne ﬁgures ①②③' });
    expect((await tryLogin(email, 'fifteen fine figures 123')).status).toBe(401);
  });

  describe('that others would guess are refused:', () => {
    let lenient: TestApp;
    beforeAll(async () => {
      lenient = await startApp({ PASSWORD_MIN_LENGTH: '8', APP_NAME: 'Kittiwake' });
    });
    afterAll(() => lenient.stop());

    const expectRefused = async (password: string, rule: string, fields: object = {}): Promise<void> => {
      const answer = await lenient.post('/v1/auth/register', { email: freshEmail(), password, ...fields });
      expect([password, ...ruleOf(answer)]).toEqual([password, 422, '/password', rule]);
      expect(answer.body.errors[0].detail).toMatch(/Choose another\.$/);
    };

    it.each(['password', 'PASSWORD', 'Password1', '12345678', 'qwertyuiop', 'iloveyou', 'trustno1'])('common: %s', (password) =>
      expectRefused(password, 'password.common'),
    );

    it.each(['perasperaadastra', 'PerAsperaAdAstra', '30secondstomars', 'qwertyuiopasdfg'])('breached: %s', (password) =>
      expectRefused(password, 'password.breached'),
    );

    it('their own e-mail address, its first part, and their username', async () => {
      const email = `grace.hopper.${process.pid}@example.com`;
      for (const password of [email, email.toUpperCase(), String(email.split('@')[0]), `${email}!1`, `my ${email}`])
        await expectRefused(password, 'password.personal', { email });
      for (const password of ['admiral-grace', 'Admiral-Grace1', 'admiral-graceadmiral-grace', '1admiral-grace2'])
        await expectRefused(password, 'password.personal', { username: 'Admiral-Grace' });
    });

    it.each(['kittiwake', 'Kittiwake1', 'kittiwake2026', 'latchkey', 'LatchKey!!', 'latchkeylatchkey'])(
      'the name of the product: %s',
      (password) => expectRefused(password, 'password.personal'),
    );

    it('and so they are as the new password of a confirmation link', async () => {
      const { email } = await register(lenient, { username: 'admiral.g' });
      const { token } = await lenient.mailbox.newest(email);
      for (const [newPassword, rule] of [
        ['password', 'password.common'],
        ['perasperaadastra', 'password.breached'],
        ['admiral.g12', 'password.personal'],
        ['seven', 'password.too_short'],
      ]) {
        const answer = await lenient.post('/v1/auth/email/verification/confirm', { token, newPassword });
        expect(ruleOf(answer)).toEqual([422, '/newPassword', rule]);
      }
    });

    it('while a long one may mention them', async () => {
      const answer = await lenient.post('/v1/auth/register', {
        email: freshEmail(),
        username: 'hopper',
        password: 'hopper sails with seven dolphins',
      });
      expect(answer.status).toBe(201);
    });
  });

  describe('are kept', () => {
    const storedHash = async (id: string): Promise<string> =>
      String((await app.rows<{ password_hash: string }>('SELECT password_hash FROM users WHERE id = $1', [id]))[0]?.password_hash);

    it('as Argon2id of at least 19 MiB, two passes and 128 bits of salt, never twice the same', async () => {
      const [first, second] = [await storedHash((await register(app)).id), await storedHash((await register(app)).id)];
      for (const stored of [first, second]) {
        const [, m, t, p, salt = '', digest = ''] = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(stored) ?? [];
        expect(Number(m)).toBeGreaterThanOrEqual(19_456);
        expect(Number(t)).toBeGreaterThanOrEqual(2);
        expect(Number(p)).toBeGreaterThanOrEqual(1);
        expect(Buffer.from(salt, 'base64').length).toBeGreaterThanOrEqual(16);
        expect(Buffer.from(digest, 'base64').length).toBeGreaterThanOrEqual(32);
      }
      expect(first).not.toBe(second);
    });

    it.each([
      ['less memory', { memoryCost: 4_096, timeCost: 2 }],
      ['fewer passes', { memoryCost: 19_456, timeCost: 1 }],
      ['Argon2i', { memoryCost: 19_456, timeCost: 2, algorithm: 1 }],
    ])('stronger from the next sign-in on when they were hashed with %s', async (_, options) => {
      const { id, email } = await register(app);
      const weak = await hash(PASSWORD, { algorithm: 2, parallelism: 1, ...options });
      await app.rows('UPDATE users SET password_hash = $2 WHERE id = $1', [id, weak]);

      expect((await tryLogin(email, 'four bright birds sang')).status).toBe(401);
      expect(await storedHash(id)).toBe(weak);
      await signIn(app, email);
      const stronger = await storedHash(id);
      expect(stronger).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
      await signIn(app, email);
      expect(await storedHash(id)).toBe(stronger);
    });

    it('where no hash is, or none that can be read, as no password at all', async () => {
      const { id, email } = await register(app);
      for (const broken of [null, '', 'plain', '$argon2id$v=19$m=19456,t=2,p=1$', PASSWORD]) {
        await app.rows('UPDATE users SET password_hash = $2 WHERE id = $1', [id, broken]);
        const answer = await tryLogin(email, PASSWORD);
        expect([broken, answer.status, answer.body.code]).toEqual([broken, 401, 'auth.bad_credentials']);
      }
    });
  });

  it('that are wrong get one answer, whoever has the account or whether there is one', async () => {
    const known = await register(app);
    await app.rows('UPDATE users SET email_verified_at = now() WHERE id = $1', [known.id]);
    const unverified = await register(app, { username: 'mallory', mobile: '+1 202 555 0188' });
    const disabled = await register(app);
    await app.rows('UPDATE users SET disabled_at = now() WHERE id = $1', [disabled.id]);
    const withoutPassword = await register(app);
    await app.rows('UPDATE users SET password_hash = NULL WHERE id = $1', [withoutPassword.id]);

    const shown = await Promise.all(
      [
        known.email,
        unverified.email,
        disabled.email,
        withoutPassword.email,
        freshEmail(),
        'mallory',
        'nobody-at-all',
        '+12025550188',
        '+12025550189',
        'not an @ address',
        '123',
      ].map(async (identifier) => {
        const { status, headers, body } = await tryLogin(identifier, 'four bright birds sang');
        const { 'x-request-id': _id, date: _date, ...rest } = headers;
        return { status, headers: rest, body: { ...body, requestId: '' } };
      }),
    );
    expect(shown[0]).toMatchObject({ status: 401, body: { code: 'auth.bad_credentials' } });
    for (const each of shown) expect(each).toEqual(shown[0]);
  });
});
