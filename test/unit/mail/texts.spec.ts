import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../src/capabilities.js';
import { LOCALES, type Locale } from '../../../src/languages/locales.js';
import { textKeysIn } from '../../../src/languages/template-check.js';
import { placeholdersOf } from '../../../src/languages/text-rules.js';
import type { TextKey } from '../../../src/languages/texts.js';
import { LANGUAGES, SAMPLES, TEMPLATES } from '../../support/written-mails.js';

const SRC = join(import.meta.dirname, '../../../src');
const PARTIALS = join(SRC, 'mail/templates');
const MAILS = [...CATALOGUE.mails].map(([kind, { folder }]) => [kind, readFileSync(join(folder, 'mails', `${kind}.hbs`), 'utf8')] as const);
const TEMPLATES_OF_MAILS = [...MAILS, ...readdirSync(PARTIALS).map((file) => [file, readFileSync(join(PARTIALS, file), 'utf8')] as const)];
const EN = JSON.parse(readFileSync(join(SRC, 'languages/catalogues/en.json'), 'utf8')) as Record<TextKey, string>;
const LOCALE_NAMES = Object.keys(LOCALES) as Locale[];

describe('the texts of mails', () => {
  it('are all in the catalogue, and all in the catalogue are used', () => {
    const used = new Set([
      ...TEMPLATES_OF_MAILS.flatMap(([, source]) => textKeysIn(source).map(({ key }) => key)),
      ...MAILS.map(([kind]) => `mail.${kind}.subject`),
    ]);
    expect([...used].toSorted()).toEqual(
      Object.keys(EN)
        .filter((key) => key.startsWith('mail.'))
        .toSorted(),
    );
  });

  it.each(TEMPLATES_OF_MAILS)('stand nowhere else: %s', (_, source) => {
    const words = source
      .replaceAll(/<!--[^]*?-->|<style>[^]*?<\/style>|\{\{[^]*?\}\}|<[^>]*>/g, ' ')
      .replaceAll('<!doctype html>', '')
      .match(/\p{L}+/gu);
    expect(words).toBeNull();
  });

  it.each(MAILS)('say what %s is about where it is about something', (kind, source) => {
    const keys = [...textKeysIn(source).map(({ key }) => key as TextKey), `mail.${kind}.subject` as TextKey];
    const isAbout = keys.some((key) => placeholdersOf(EN[key]).includes('about'));
    expect(CATALOGUE.mails.get(kind)?.about !== undefined).toBe(isAbout);
  });

  it.each(LOCALE_NAMES)('make every mail in %s, in its direction', (locale) => {
    for (const kind of SAMPLES.kinds) {
      const { html, text } = TEMPLATES.render(kind, SAMPLES.sample(kind, locale));
      expect(html).toContain(`<html lang="${locale}" dir="${locale === 'ar' ? 'rtl' : 'ltr'}"`);
      expect(html + text).not.toMatch(/\{\{|undefined|\[object|NaN/);
      const lines = text.replaceAll(/[\u2068\u2069]/g, '').split('\n');
      const tooLong = lines.filter((line) => line.length > 78 && line.trim().includes(' '));
      expect(tooLong).toEqual([]);
    }
  });
});

/** GSM 03.38, the basic set without what costs two characters. */
const GSM = /^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà]*$/;

describe('text messages', () => {
  const CODE = { code: '04821356', appName: 'Latchkey', minutes: 10, due: '2026-03-01 09:30' };

  it.each(LOCALE_NAMES)('are short enough in %s', (locale) => {
    for (const key of Object.keys(EN).filter((each) => each.startsWith('sms.')) as TextKey[]) {
      const text = LANGUAGES.text(locale, key, CODE);
      // One message of 160 characters, or two of 67 in UCS-2 (3GPP TS 23.040).
      expect([key, locale !== 'en' || GSM.test(text)]).toEqual([key, true]);
      expect([key, text.length <= (GSM.test(text) ? 160 : 2 * 67)]).toEqual([key, true]);
    }
  });
});
