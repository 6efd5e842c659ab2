import PostalMime from 'postal-mime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MailKind } from '../src/common/declared.js';
import { DatabaseService } from '../src/database/database.service.js';
import type { Locale } from '../src/languages/locales.js';
import { KnownTranslations } from '../src/languages/overrides/known-translations.service.js';
import type { TextKey } from '../src/languages/texts.js';
import { OutboxService } from '../src/mail/outbox.service.js';
import { PASSWORD, freshEmail, register, signIn, signedInAs } from './support/accounts.js';
import { poll } from './support/poll.js';
import { NEW_PASSWORD } from './support/password-reset.js';
import { askForCode, begin } from './support/sign-ins.js';
import { SmsGateway } from './support/sms-gateway.js';
import { SmtpReceiver } from './support/smtp-receiver.js';
import { type CallOptions, type TestApp, startApp } from './support/start-app.js';
import { LANGUAGES } from './support/written-mails.js';

/** Neither English nor what anybody below asks for. */
const DEFAULT = 'fr' satisfies Locale;

const from = (language: string): CallOptions => ({ headers: { 'accept-language': language } });

describe('the language of mails and text messages', () => {
  let receiver: SmtpReceiver;
  let gateway: SmsGateway;
  let app: TestApp;
  beforeAll(async () => {
    gateway = await SmsGateway.start();
    receiver = await SmtpReceiver.start();
    app = await startApp({ DEFAULT_LOCALE: DEFAULT, SMTP_URL: receiver.url, SMS_URL: gateway.url, EMAIL_CODE: 'on' });
  });
  afterAll(async () => {
    await app.stop();
    await receiver.stop();
    gateway.stop();
  });

  const subjectOf = (kind: MailKind, locale: Locale): string =>
    LANGUAGES.text(locale, `mail.${kind}.subject`, { appName: app.settings.APP_NAME });
  /** Expects that a mail of this kind comes in this language, all of it. */
  const expectMail = async (address: string, kind: MailKind, locale: Locale, nth = 1): Promise<string> => {
    const mail = await PostalMime.parse(Buffer.from(await receiver.mailTo(address, nth), 'latin1'));
    expect(mail.subject).toBe(subjectOf(kind, locale));
    expect(mail.html).toContain(`<html lang="${locale}" dir="${locale === 'ar' ? 'rtl' : 'ltr'}"`);
    const words = (written: string | undefined): string => String(written).replaceAll(/<[^>]*>|\s|[\u2068\u2069]/g, '');
    const sender = LANGUAGES.text(locale, 'mail.shared.sender', { appName: app.settings.APP_NAME, host: 'accounts.latchkey.test' });
    for (const version of [mail.html, mail.text]) expect(words(version)).toContain(words(sender));
    return String(mail.text);
  };
  /** An account as an import, an administrator or an older version has made it, which names no language. */
  const withoutLocale = async (fields: Record<string, unknown> = {}): Promise<{ id: string; email: string }> => {
    const user = await register(app, fields);
    await receiver.mailTo(user.email);
    await app.rows('UPDATE users SET locale = NULL, email_verified_at = now() WHERE id = $1', [user.id]);
    return user;
  };
  const forgot = (identifier: string, options?: CallOptions) => app.post('/v1/auth/password/forgot', { identifier }, options);

  const changePassword = (token: string, options: CallOptions = {}) =>
    app.call('PUT', '/v1/auth/password', { token, body: { currentPassword: PASSWORD, newPassword: NEW_PASSWORD }, ...options });

  it('is that of the account, with the dates of its region', async () => {
    const email = freshEmail();
    await app.post('/v1/auth/register', { email, password: PASSWORD, locale: 'de-CH' }, from('uk'));
    await expectMail(email, 'confirm-email', 'de');
    await forgot(email, from('ja'));
    await expectMail(email, 'reset-password', 'de', 2);
    const { accessToken: token } = await signIn(app, email);
    expect((await changePassword(token, from('ja'))).status).toBeLessThan(300);
    expect(await expectMail(email, 'password-changed', 'de', 3)).toMatch(/\d{1,2}\. \p{L}+ \d{4} um \d\d:\d\d UTC/u);
  });

  it('is that in which somebody registers, from then on', async () => {
    const email = freshEmail();
    await app.post('/v1/auth/register', { email, password: PASSWORD }, from('ar-EG,ar;q=0.9,en;q=0.5'));
    await expectMail(email, 'confirm-email', 'ar');
    await forgot(email, from('ja'));
    await expectMail(email, 'reset-password', 'ar', 2);
  });

  it.each([
    ['uk-UA,en;q=0.5', 'uk'],
    [undefined, DEFAULT],
    ['tlh', DEFAULT],
  ] as const)('of an account without one is that in which its reader asks: %s', async (language, locale) => {
    const { email } = await withoutLocale();
    await forgot(email, language === undefined ? {} : from(language));
    await expectMail(email, 'reset-password', locale, 2);
  });

  it.each([
    ['sign-in-code', () => withoutLocale()],
    ['sign-up-code', async () => ({ email: freshEmail() })],
  ] as const)('of a %s is that in which its reader asks', async (kind, make) => {
    const { email } = await make();
    const earlier = kind === 'sign-in-code' ? 1 : 0;
    const code = await begin(app, { identifier: email });
    expect((await askForCode(app, code, 'email_code', from('hi-IN'))).status).toBe(201);
    await expectMail(email, kind, 'hi', earlier + 1);
  });

  it('of a notice is never that of whoever caused it', async () => {
    const { email } = await withoutLocale();
    const { accessToken: token } = await signIn(app, email);
    await changePassword(token, from('uk'));
    await expectMail(email, 'password-changed', DEFAULT, 2);
  });

  it('of an invitation is not that of the administrator, whom somebody else reads', async () => {
    const { accessToken: token } = await signedInAs(app, 'admin');
    const email = freshEmail();
    expect((await app.post('/v1/invitations', { email }, { token, ...from('uk') })).status).toBe(202);
    await expectMail(email, 'invitation', DEFAULT);
  });

  it('of a mail that an administrator has sent is not that of the administrator either', async () => {
    const { accessToken: token } = await signedInAs(app, 'admin');
    const { id, email } = await withoutLocale();
    await app.rows('UPDATE users SET email_verified_at = NULL WHERE id = $1', [id]);
    expect((await app.post(`/v1/users/${id}/email-verification`, undefined, { token, ...from('uk') })).status).toBe(202);
    await expectMail(email, 'confirm-email', DEFAULT, 2);
  });

  it('of a mail that was queued without one is the default', async () => {
    const recipient = freshEmail();
    const database = app.nest.get(DatabaseService);
    // As an older version has stored it: a device in words, a point in time in words, no language.
    const params = { firstName: 'Ada', device: 'Firefox on Linux', ip: '192.0.2.7', about: 'a passkey' };
    await database.transaction(() => app.nest.get(OutboxService).enqueue({ kind: 'webhook-disabled', recipient, params }));
    expect(await app.rows('SELECT locale FROM mails WHERE recipient = $1', [recipient])).toEqual([{ locale: null }]);
    const written = await expectMail(recipient, 'webhook-disabled', DEFAULT);
    for (const fact of ['Firefox on Linux', '192.0.2.7', 'a passkey']) expect(written).toContain(fact);
  });

  it('of a mail is the shipped one where an own text is broken: it goes out', async () => {
    const broken: TextKey[] = ['mail.password-changed.subject', 'mail.password-changed.lead', 'mail.shared.sender'];
    for (const key of broken) await app.rows(`INSERT INTO translations (locale, key, text) VALUES ('tr', $1, '{gone} {')`, [key]);
    await app.nest.get(KnownTranslations).reload('tr');
    expect(app.logs.join()).toContain('A text of the database is not used');
    const email = freshEmail();
    await app.post('/v1/auth/register', { email, password: PASSWORD, locale: 'tr' });
    await expectMail(email, 'confirm-email', 'tr');
    const { accessToken: token } = await signIn(app, email);
    await changePassword(token);
    const written = await expectMail(email, 'password-changed', 'tr', 2);
    expect(written).not.toContain('{');
  });

  describe('of a text message', () => {
    let serial = 0;
    const textTo = (mobile: string): Promise<string> =>
      poll(`a text to ${mobile}`, () => gateway.texts.find(({ to }) => to === mobile)?.text);
    const expectText = async (mobile: string, locale: Locale): Promise<void> => {
      const message = await textTo(mobile);
      const [code = ''] = /\d{6,8}/.exec(message) ?? [];
      const minutes = 15;
      expect(message).toBe(LANGUAGES.text(locale, 'sms.code', { code, appName: app.settings.APP_NAME, minutes }));
    };
    const askFrom = async (language: string | undefined, locale: string | null): Promise<string> => {
      const mobile = `+1202555${String(2000 + (serial += 1))}`;
      const { id, email } = await withoutLocale();
      await app.rows('UPDATE users SET locale = $2 WHERE id = $1', [id, locale]);
      const { accessToken: token } = await signIn(app, email);
      await app.call('PUT', '/v1/users/me/mobile', { token, body: { mobile, currentPassword: PASSWORD } });
      const asked = await app.post('/v1/users/me/mobile/verification', undefined, {
        token,
        ...(language === undefined ? {} : from(language)),
      });
      expect(asked.status).toBeLessThan(300);
      return mobile;
    };

    it.each([
      ['uk', 'ar-EG', 'ar'],
      ['uk', null, 'uk'],
      [undefined, null, DEFAULT],
    ] as const)('asked for in %s, the account in %s, is %s', async (language, ofAccount, locale) => {
      await expectText(await askFrom(language, ofAccount), locale);
    });
  });
});
