import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CATALOGUE } from '../src/capabilities.js';
import { Languages } from '../src/languages/languages.service.js';
import { signedIn } from './support/accounts.js';
import { signedInAdmin } from './support/administrators.js';
import { type Answer, type TestApp, sharedApp } from './support/start-app.js';

const SUBJECT = 'mail.confirm-email.subject';
const WELCOME = 'Willkommen bei {appName}: Bitte bestätigen';

describe('a text that is not stored yet', () => {
  let app: TestApp;
  let token: string;
  beforeAll(async () => {
    app = await sharedApp();
    token = (await signedInAdmin(app)).accessToken;
  });
  afterAll(() => app.stop());

  const preview = (body: object, bearer: string | undefined = token): Promise<Answer> =>
    app.post('/v1/translations/preview', body, { token: bearer });
  const tryText = (key: string, text: unknown, locale = 'de') => preview({ locale, key, text });

  it('is shown in the whole mail, and only to who tries it', async () => {
    const before = await app.rows('SELECT * FROM translations');
    const { status, body } = await tryText(SUBJECT, `  ${WELCOME} `);
    const reads = `Willkommen bei ${app.settings.APP_NAME}: Bitte bestätigen`;
    expect([status, body]).toEqual([200, expect.objectContaining({ locale: 'de', key: SUBJECT, text: WELCOME, reads, segments: null })]);
    expect(body.mail).toMatchObject({ kind: 'confirm-email', subject: reads });
    expect(body.mail.html).toContain(`<title>${reads}</title>`);
    expect(body.mail.text.length).toBeGreaterThan(100);
    expect(app.nest.get(Languages).text('de', SUBJECT, { appName: 'x' })).not.toContain('Willkommen');
    expect(await app.rows('SELECT * FROM translations')).toEqual(before);
  });

  it('is shown in a mail that has it where it is in several, and in none where it is on a page', async () => {
    const greeting = (await tryText('mail.shared.greeting', 'Moin, {greetingName}!')).body;
    expect(greeting).toMatchObject({ reads: 'Moin, Ada!', mail: { text: expect.stringContaining('Moin, Ada!') } });
    const passkey = (await tryText('about.passkey', 'der <b>Schlüssel</b> am Bund')).body;
    expect(passkey.reads).toBe('der Schlüssel am Bund');
    const page = (await tryText('page.reset-delayed.title', 'Noch {wait}')).body;
    expect(page).toMatchObject({ reads: 'Noch 24 Stunden', mail: null });
    expect((await tryText('rule.maxLength', 'Höchstens {max}')).body).toMatchObject({ reads: 'Höchstens 64', mail: null });
  });

  it('of a text message is shown as it is sent, with the parts that it takes', async () => {
    expect((await tryText('sms.code', 'Ihr Code: {code}')).body).toMatchObject({ reads: 'Ihr Code: 04821356', segments: 1, mail: null });
    const bound = (await tryText('sms.code-sign-in', 'Kod logowania: {code} – ważny {minutes, number} min', 'pl')).body;
    expect(bound.reads).toBe('Kod logowania: 04821356 – ważny 10 min\n\n@accounts.latchkey.test #04821356');
    expect(bound.segments).toBe(2);
  });

  it('is refused as it would be if it were stored', async () => {
    const texts = ['{appName', '{secret}', '<a href="https://evil.example">x</a>', 'x\r\nBcc: eve@example.net', '\u202Ex', ' ', 7];
    for (const text of [...texts, 'x'.repeat(4_001)]) {
      const [tried, stored] = [
        await tryText(SUBJECT, text),
        await app.call('PUT', `/v1/translations/de/${SUBJECT}`, { token, body: { text } }),
      ];
      expect([text, tried.status, tried.body.errors]).toEqual([text, 422, stored.body.errors]);
    }
    expect((await tryText('sms.code', `{code} ${'x'.repeat(306)}`)).body.errors).toMatchObject([{ rule: 'translation.text_message' }]);
    expect((await tryText('no.such-key', 'x')).body).toMatchObject({ status: 404, code: 'translation.key_unknown' });
    expect((await tryText('__proto__', 'x')).body).toMatchObject({ status: 404, code: 'translation.key_unknown' });
    expect((await tryText(SUBJECT, 'x', 'tlh')).body).toMatchObject({ status: 404, code: 'translation.locale_unknown' });
    expect((await preview({ locale: 7, key: ['x'], text: 'x' })).body.errors).toHaveLength(2);
  });

  it('is words, not a template: it runs nothing and brings no markup', async () => {
    const { mail } = (await tryText('mail.confirm-email.lead', "'{{'link'}}' '<img src=x>' <b>{appName}</b> & mehr")).body;
    expect(mail.html).toContain('{{link}} &lt;img');
    expect(mail.html).not.toContain('<img src');
    expect(mail.html).toContain(`<strong>${app.settings.APP_NAME}</strong> &amp; mehr`);
    expect(mail.text.replaceAll(/\s+/g, ' ')).toContain('{{link}} <img src=x>');
  });

  it('can be tried by administrators only', async () => {
    const { accessToken } = await signedIn(app);
    expect((await preview({ locale: 'de', key: SUBJECT, text: WELCOME }, accessToken)).status).toBe(403);
    expect((await app.post('/v1/translations/preview', {})).status).toBe(401);
  });

  describe('the page with every mail', () => {
    const open = (query = '', path = ''): Promise<Answer> => app.get(`/dev/mail/preview${path}${query}`);

    it('names every mail and text message by its subject in the language, the operator’s own included', async () => {
      await app.call('PUT', `/v1/translations/fr/${SUBJECT}`, { token, body: { text: 'Une bienvenue à nous' } });
      const { status, text, headers } = await open('?locale=fr');
      expect(status).toBe(200);
      for (const kind of CATALOGUE.mails.keys()) expect(text).toContain(`>${kind}</span>`);
      expect(text).toContain('>sms.code-sign-in</span>');
      expect(text).toContain('Une bienvenue à nous');
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[^;]*; frame-src 'self'/);
      expect(text).not.toContain('<script');
    });

    it('frames the HTML of a mail, and shows its text', async () => {
      const { text } = await open('?locale=ar&mail=confirm-email&view=dark');
      expect(text).toMatch(/<iframe class="dark"[^>]* sandbox="allow-popups allow-popups-to-escape-sandbox"/);
      const framed = await open('?locale=ar&mail=confirm-email', '/html');
      expect(framed.headers['content-security-policy']).toMatch(/^sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'/);
      expect(framed.text).toContain('<html lang="ar" dir="rtl"');
      expect((await open('?locale=ar&mail=confirm-email&view=text')).text).toMatch(/<pre lang="ar" dir="rtl">/);
    });

    it('refuses what there is not', async () => {
      for (const query of ['?mail=no-such-mail', '?mail=__proto__', '?mail=page.done.title']) expect((await open(query)).status).toBe(404);
      expect((await open('?mail=sms.code', '/html')).status).toBe(404);
      expect((await open('?locale=tlh')).status).toBe(422);
      expect((await open('?view=html')).status).toBe(422);
    });
  });
});
