import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Languages } from '../src/languages/languages.service.js';
import { PASSWORD, freshEmail, register } from './support/accounts.js';
import { type Answer, type TestApp, sharedApp } from './support/start-app.js';

/** German is English between brackets here, whatever the catalogue says. */
function bracketGerman(): void {
  const shipped = Languages.prototype.shippedText;
  vi.spyOn(Languages.prototype, 'shippedText').mockImplementation(function bracketed(this: Languages, locale, key) {
    const english = shipped.call(this, 'en', key);
    return locale === 'de' && english !== null ? `[${english}]` : shipped.call(this, locale, key);
  });
}

describe('the language of a reader', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp();
    bracketGerman();
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    await app.stop();
  });

  const wrong = { email: 'x', password: 'short' };
  const refused = (language?: string): Promise<Answer> =>
    app.post('/v1/auth/register', wrong, { headers: language === undefined ? {} : { 'accept-language': language } });
  const sentences = ({ body: { title, detail, errors } }: Answer) => ({ title, detail, errors });

  describe('of a failure', () => {
    it('is the one that Accept-Language asks for; what programs read stays the same', async () => {
      const [english, german] = [await refused(), await refused('de-AT,de;q=0.9,en;q=0.8')];
      expect(german.headers['content-language']).toBe('de');
      for (const { headers } of [english, german]) expect(String(headers.vary).split(/,\s*/)).toContain('Accept-Language');
      expect(sentences(german)).toEqual({
        title: '[Something is not filled in correctly.]',
        detail: '[This is not an e-mail address: write one like ada@example.com.]',
        errors: [
          { pointer: '/email', rule: 'email.invalid', detail: '[This is not an e-mail address: write one like ada@example.com.]' },
          { pointer: '/password', rule: 'password.too_short', detail: '[Use at least 15 characters.]' },
        ],
      });
      const [read, asBefore] = [german.body, english.body];
      expect({ type: read.type, status: read.status, code: read.code }).toEqual({
        type: asBefore.type,
        status: asBefore.status,
        code: asBefore.code,
      });
      expect(Object.keys(read)).toEqual(Object.keys(asBefore));
    });

    it.each([
      undefined,
      'en',
      'en-GB,de;q=0.9',
      '*',
      'tlh',
      'de;q=0',
      '',
      ',,;q=x',
      '\u00E4',
      `de,${'a,'.repeat(400)}`,
      '../de',
      '__proto__',
      'constructor, toString;q=0.5',
    ])('is English, and says so in no header, for %s', async (language) => {
      const answer = await refused(language);
      expect(answer.status).toBe(422);
      expect(answer.headers).not.toHaveProperty('content-language');
      expect(sentences(answer)).toEqual(sentences(await refused()));
    });

    it.each(['fr;q=0.5, de;q=0.9', 'tlh, de;q=0.1', 'DE', 'de-Latn-CH-1901'])(
      'is the best one that the server speaks: %s',
      async (language) => {
        expect((await refused(language)).body.detail).toMatch(/^\[This is not/);
      },
    );

    it('is that of the header for every code that people can meet', async () => {
      const body = { identifier: freshEmail(), password: PASSWORD };
      const answer = await app.post('/v1/auth/login', body, { headers: { 'accept-language': 'de' } });
      expect(answer.body).toMatchObject({ title: '[The identifier or the password is wrong.]', code: 'auth.bad_credentials' });
    });

    it('is English where only developers can meet it', async () => {
      const answer = await app.get('/v1/nothing', { headers: { 'accept-language': 'de' } });
      expect(answer.body).toMatchObject({ title: 'No such resource', detail: 'There is nothing at this address.' });
      expect(answer.headers).not.toHaveProperty('content-language');
    });
  });

  describe('of a page', () => {
    const open = async (language?: string): Promise<Answer> => {
      const email = freshEmail();
      await register(app, { email });
      const { token } = await app.mailbox.newest(email);
      const headers = language === undefined ? {} : { 'accept-language': language };
      return app.get(`/account/confirm-email?token=${token}`, { headers });
    };
    const submit = (token: string): Promise<Answer> =>
      app.call('POST', '/account/confirm-email', {
        headers: { 'accept-language': 'de', 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams({ token, password: 'wrong' }).toString(),
      });

    it('is the one that the browser asks for', async () => {
      const { text, headers } = await open('de-DE,de;q=0.9,en;q=0.5');
      expect(headers['content-language']).toBe('de');
      expect(String(headers.vary).split(/,\s*/)).toContain('Accept-Language');
      expect(text).toContain('<html lang="de" dir="ltr">');
      expect(text).toContain('<title>[Confirm your e-mail address] – Latchkey</title>');
      expect(text).toContain('>[Password]</label>');
    });

    it.each([undefined, 'tlh', '<script>', 'en'])('is English for %s', async (language) => {
      const { text, headers } = await open(language);
      expect([headers['content-language'], String(headers.vary)]).toEqual(['en', expect.stringContaining('Accept-Language')]);
      expect(text).toContain('<html lang="en" dir="ltr">');
      expect(text).toContain('<title>Confirm your e-mail address – Latchkey</title>');
    });

    it('is also that of what is wrong with its form, and of a failure', async () => {
      const email = freshEmail();
      await register(app, { email });
      const { token } = await app.mailbox.newest(email);
      const again = await submit(token);
      expect(again.status).toBe(401);
      expect(again.text).toContain('<title>[Error: [Confirm your e-mail address]] – Latchkey</title>');
      expect(again.text).toContain('[This is not the password of the account.]');
      const failed = await submit('x');
      expect(failed.headers['content-language']).toBe('de');
      expect(failed.text).toContain('<h1>[This link does not work any more]</h1>');
    });

    it('is read from right to left in Arabic', async () => {
      expect((await open('ar-EG')).text).toContain('<html lang="ar" dir="rtl">');
    });
  });
});
