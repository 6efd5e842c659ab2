import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshEmail, register, signIn } from '../support/accounts.js';
import { type Answer, type TestApp, startApp } from '../support/start-app.js';
import { FOREIGN_HASHES, FOREIGN_PASSWORD, SHA1_OF_NFD, foreignHash } from '../unit/auth/foreign-hashes.js';

const OURS = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/;
const WRONG = 'four bright bïrds sang';

describe('accounts moved from elsewhere', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.stop());

  /** An account whose hash another system made. */
  const moved = async (stored: string | null): Promise<{ id: string; email: string }> => {
    const { id, email } = await register(app);
    await app.rows('UPDATE users SET password_hash = $2 WHERE id = $1', [id, stored]);
    return { id, email };
  };
  const row = async (id: string): Promise<object[]> => app.rows('SELECT * FROM users WHERE id = $1', [id]);
  const storedHash = async (id: string): Promise<string> =>
    (await app.rows<{ hash: string }>('SELECT password_hash AS hash FROM users WHERE id = $1', [id])).map(({ hash }) => hash).join();
  const tryLogin = (identifier: string, password: string): Promise<Answer> => app.post('/v1/auth/login', { identifier, password });

  it.each(FOREIGN_HASHES.filter(({ password }) => password === FOREIGN_PASSWORD))(
    'sign in with $family, $name; a wrong password leaves the row as it was',
    async ({ stored, password }) => {
      const { id, email } = await moved(stored);
      const before = await row(id);
      expect((await tryLogin(email, WRONG)).status).toBe(401);
      expect(await row(id)).toEqual(before);

      expect((await tryLogin(email, password)).status).toBe(200);
      const after = await storedHash(id);
      // At our cost or above it stays.
      const kept = /^\$argon2id\$v=19\$m=(?:19456,t=2|65536,t=3),/.test(stored);
      expect([after, kept ? after === stored : OURS.test(after)]).toEqual([after, true]);

      expect((await tryLogin(email, password)).status).toBe(200);
      expect((await tryLogin(email, WRONG)).status).toBe(401);
      expect(await storedHash(id)).toBe(after);
    },
  );

  it('have passwords in NFC from then on, whichever form was hashed', async () => {
    const { id, email } = await moved(SHA1_OF_NFD);
    expect((await tryLogin(email, FOREIGN_PASSWORD)).status).toBe(401);
    await signIn(app, email, FOREIGN_PASSWORD.normalize('NFD'));
    expect(await storedHash(id)).toMatch(OURS);
    await signIn(app, email, FOREIGN_PASSWORD);
  });

  it('are counted whole from then on, where bcrypt looked at 72 bytes', async () => {
    const { stored, password } = foreignHash('bcrypt, longer than 72 bytes');
    const { email } = await moved(stored);
    await signIn(app, email, password);
    expect((await tryLogin(email, `${password}z`)).status).toBe(401);
    expect((await tryLogin(email, password.slice(0, 71))).status).toBe(401);
    await signIn(app, email, password);
  });

  it('whose hash is refused get the answer of a wrong password, and the log says so once, without the hash', async () => {
    const refused = [
      '$2b$31$abcdefghijklmnopqrstuudVF5wSjKYArxlSvvoHJ6R6VD7Dx7gs6',
      '$2b$05$abcdefghijklmnopqrst',
      '$argon2id$v=19$m=4194304,t=3,p=4$MDEyMzQ1Njc4OWFiY2RlZg$uHaHaX6k8PEDQh1x9R7Jjyn2XWALGV8h8nRhlka/dsY',
      `pbkdf2:sha256$salt$${'ab'.repeat(32)}`,
      'plain$$four bright bïrds sing',
      FOREIGN_PASSWORD,
    ];
    const { body: unknown } = await tryLogin(freshEmail(), FOREIGN_PASSWORD);
    for (const stored of refused) {
      const { id, email } = await moved(stored);
      const answer = await tryLogin(email, FOREIGN_PASSWORD);
      expect([stored, answer.status, { ...answer.body, requestId: '' }]).toEqual([stored, 401, { ...unknown, requestId: '' }]);
      expect(await storedHash(id)).toBe(stored);
    }
    const warnings = app.logs.filter((line) => line.includes('cannot be compared with'));
    expect(warnings.map((line) => /family \\"(\w+)\\"/.exec(line)?.[1])).toEqual(['bcrypt', 'argon2', 'pbkdf2', 'unknown']);
    for (const stored of refused) expect(app.logs.join('\n')).not.toContain(stored);
  });

  it('sign in twice at once: both succeed, and one hash of ours is kept', async () => {
    const { stored, password } = foreignHash('Django: bcrypt_sha256');
    const { id, email } = await moved(stored);
    const answers = await Promise.all(Array.from({ length: 6 }, () => tryLogin(email, password)));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
    expect(await storedHash(id)).toMatch(OURS);
    await signIn(app, email, password);
  });
});
