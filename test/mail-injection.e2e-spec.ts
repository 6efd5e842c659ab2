import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Mailbox } from '../src/mail/mailbox/mailbox.js';
import { PASSWORD, freshEmail } from './support/accounts.js';
import type { ReceivedMail } from './support/mailbox.js';
import { type TestApp, sharedApp } from './support/start-app.js';

/** Names that would be code, markup, a link or a header if anything took them for more than text. */
const HOSTILE_NAMES = [
  '{{7*7}}',
  '{{{link}}}',
  '{{#with .}}x{{/with}}',
  '{{> layout}}',
  '{{constructor.constructor "return process"}}',
  '${7*7}',
  '<%= 7*7 %>',
  '#{7*7}',
  '<img src=x onerror=alert(1)>',
  '<script>alert(1)</script>',
  '<b>Ada</b>',
  '"><a href="https://evil.test">x</a>',
  '&lt;b&gt;',
  '<!--',
  'javascript:alert(1)',
  'https://evil.test/login',
  'evil.test',
  'www.evil.test',
  'Your account is locked, go to evil.test',
  'ada@evil.test',
  '[x](https://evil.test)',
  '+1 900 555 0100',
  '=?utf-8?q?Bcc:_eve=40evil.test?=',
  'Ada, Bcc: eve@evil.test',
  'Ada <eve@evil.test>',
  "Ada'; DROP TABLE mails; --",
  '%s%n',
  '\\u003cb\\u003e',
  'x'.repeat(100),
  '٧٧٧',
  '=cmd|calc',
  '.',
  '...',
  '\u200Fada',
];

/** Header fields that a mail of ours may have. */
const HEADERS = [
  'auto-submitted',
  'content-type',
  'content-transfer-encoding',
  'date',
  'feedback-id',
  'from',
  'message-id',
  'mime-version',
  'subject',
  'to',
  'x-auto-response-suppress',
  'received',
];

describe('mail that strangers can cause', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());

  const tryRegister = (fields: object) => app.post('/v1/auth/register', { email: freshEmail(), password: PASSWORD, ...fields });

  function expectClean(mail: ReceivedMail, email: string): void {
    expect(mail.to).toEqual([email]);
    const names = mail.headers.map(({ name }) => name.toLowerCase());
    expect(names.filter((name) => !HEADERS.includes(name))).toEqual([]);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(mail.headers.find(({ name }) => /^to$/i.test(name))?.value).toContain(email);
    for (const { value } of mail.headers) expect(value).not.toMatch(/evil|\n(?!\s)/);
    // Every link leads to this server.
    expect(mail.links.filter((link) => !link.startsWith(`${app.settings.PUBLIC_URL}/`))).toEqual([]);
    const hrefs = [...String(mail.html).matchAll(/(?:href|src|action)\s*=\s*["']?([^"'\s>]*)/gi)].map(([, url]) => String(url));
    expect(hrefs.length).toBeGreaterThan(0);
    expect(hrefs.filter((url) => !url.replaceAll('&#x3D;', '=').startsWith(`${app.settings.PUBLIC_URL}/`))).toEqual([]);
    expect(`${mail.html}${mail.text}`).not.toMatch(/\b49\b|<script|<img|onerror|evil|\[object|\{\{/i);
  }

  it('keeps a hostile name inert, with one recipient and no header of its own', async () => {
    for (const firstName of HOSTILE_NAMES) {
      const email = freshEmail();
      const answer = await tryRegister({ email, firstName, lastName: firstName });
      expect([firstName, answer.status]).toEqual([firstName, 201]);
      expect(answer.body.firstName).toBe(firstName.replace(/^\u200F/, ''));
      expectClean(await app.mailbox.newest(email), email);
    }
  });

  it('greets people by their name, whatever their script', async () => {
    for (const [firstName, greeted] of [
      ['Ada', true],
      ["Siobhán O'Neil", true],
      ['李小龍', true],
      ['Мария', true],
      ['evil.test', false],
    ] as const) {
      const email = freshEmail();
      await tryRegister({ email, firstName });
      const { text, html } = await app.mailbox.newest(email);
      expect([firstName, String(text).includes(`Hello ${firstName},`)]).toEqual([firstName, greeted]);
      expect([firstName, String(html).replaceAll('&#x27;', "'").includes(`Hello ${firstName},`)]).toEqual([firstName, greeted]);
    }
  });

  it.each([
    'Ada\r\nBcc: eve@evil.test',
    'Ada\nBcc: eve@evil.test',
    'Ada\rBcc: eve@evil.test',
    'Ada\r\n\r\n<h1>x</h1>',
    'Ada\u0000',
    'Ada\u2028Bcc: x',
    'Ada\u0085Bcc: x',
    'a\u000Bb',
    'a\u000Cb',
  ])('is not sent to a name with a line break: %j', async (name) => {
    for (const field of ['firstName', 'lastName']) {
      const email = freshEmail();
      expect((await tryRegister({ email, [field]: name })).status).toBe(422);
      expect(await app.rows('SELECT 1 FROM mails WHERE recipient = $1', [email])).toEqual([]);
    }
  });

  it.each([
    'a@ok.test\r\nBcc: eve@evil.test',
    'a@ok.test\nRCPT TO:<eve@evil.test>',
    'a@ok.test%0aBcc:eve@evil.test',
    '"a@evil.test x"@ok.test',
    '"a\r\nBcc: eve"@ok.test',
    'a@evil.test,b@ok.test',
    'a@evil.test;b@ok.test',
    'a@evil.test b@ok.test',
    'Ada <a@evil.test>',
    '<a@evil.test>',
    'group: a@evil.test, b@ok.test;',
    'a(b@evil.test)@ok.test',
    'a@ok.test (eve@evil.test)',
    'a@(evil.test)ok.test',
    '=?utf-8?q?eve=40evil.test=3e?=x@ok.test'.replaceAll('?', '\u0001'),
    'eve@evil.test>x@ok.test',
    'a@[1.2.3.4]',
    '@evil.test:a@ok.test',
    'a%evil.test@ok.test@',
    'a@ok.test\u0000@evil.test',
  ])('is never queued for %j', async (email) => {
    const answer = await tryRegister({ email });
    expect([answer.status, answer.body.errors?.[0].pointer]).toEqual([422, '/email']);
    expect(await app.rows(`SELECT recipient FROM mails WHERE recipient LIKE '%evil%' OR recipient LIKE '%ok.test%'`)).toEqual([]);
  });

  it('goes to the address that is stored, letter by letter', async () => {
    for (const [written, stored] of [
      ['Odd+Tag/=?{x}@Example.COM', 'Odd+Tag/=?{x}@example.com'],
      ['=?utf-8?q?eve=40evil.test?=@example.com', '=?utf-8?q?eve=40evil.test?=@example.com'],
      ["o'neil`$(id)@example.com".replace('(id)', 'id'), "o'neil`$id@example.com"],
      ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
      ['a%evil.test@example.com', 'a%evil.test@example.com'],
      ['eve!evil.test@example.com', 'eve!evil.test@example.com'],
    ] as const) {
      const answer = await tryRegister({ email: written });
      expect([written, answer.status, answer.body.email]).toEqual([written, 201, stored]);
      const mail = await app.mailbox.newest(stored);
      expect(mail.to).toEqual([stored]);
    }
  });

  it('is never for anybody who was not written to', () => {
    const strangers = app.nest
      .get(Mailbox)
      .list()
      .flatMap(({ to }) => to)
      .filter((address) => !address.endsWith('@example.com') && !address.endsWith('.example'));
    expect(strangers).toEqual([]);
  });
});
