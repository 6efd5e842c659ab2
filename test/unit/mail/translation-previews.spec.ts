import { describe, expect, it } from 'vitest';
import type { Settings } from '../../../src/config/settings.js';
import { MailPreviews } from '../../../src/mail/preview/mail-previews.js';
import { TextMessagePreviews } from '../../../src/mail/preview/text-message-previews.js';
import { TranslationPreviews } from '../../../src/mail/preview/translation-previews.service.js';
import { LANGUAGES, LOOK, SAMPLES, TEMPLATES } from '../../support/written-mails.js';

const previews = new TranslationPreviews(
  LANGUAGES,
  new MailPreviews(SAMPLES, TEMPLATES),
  new TextMessagePreviews(LANGUAGES, { ...LOOK, SMS_CODE_DOMAIN: '' } as unknown as Settings),
);

describe('the preview of a text', () => {
  it.each(['en', 'ar'] as const)('has a value for every placeholder, and a mail for every text of one, in %s', (locale) => {
    const wrong = LANGUAGES.keys.filter((key) => {
      const text = LANGUAGES.shippedText(locale, key) ?? '';
      const { reads, mail } = previews.preview(locale, key, text);
      return /undefined|null/.test(reads) || (mail === null) === key.startsWith('mail.');
    });
    // Names of ways to sign in: mails get them as values.
    expect(wrong.filter((key) => !key.startsWith('about.'))).toEqual([]);
  });

  it('leaves no trace, even of a text at which the mail fails', () => {
    const before = LANGUAGES.text('de', 'mail.confirm-email.subject', { appName: 'x' });
    expect(() =>
      LANGUAGES.trying({ locale: 'de', key: 'mail.confirm-email.subject', text: 'Tried' }, () => {
        expect(LANGUAGES.text('de', 'mail.confirm-email.subject')).toBe('Tried');
        throw new Error('broken');
      }),
    ).toThrow('broken');
    expect(LANGUAGES.text('de', 'mail.confirm-email.subject', { appName: 'x' })).toBe(before);
  });
});
