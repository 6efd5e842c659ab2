import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../src/capabilities.js';
import type { Settings } from '../../../src/config/settings.js';
import { Languages } from '../../../src/languages/languages.service.js';
import type { Locale } from '../../../src/languages/locales.js';
import type { TextKey } from '../../../src/languages/texts.js';
import { PageRenderer } from '../../../src/look/page-renderer.js';

const SETTINGS = { APP_NAME: 'Books & Co', BRAND_COLOR: '#3346d3', DEFAULT_LOCALE: 'en' } as Settings;

/** Languages in which some texts are others than shipped. */
class Changed extends Languages {
  constructor(private readonly changes: Partial<Record<Locale, Partial<Record<TextKey, string>>>>) {
    super(SETTINGS);
  }

  override shippedText(locale: Locale, key: TextKey): string | null {
    return this.changes[locale]?.[key] ?? super.shippedText(locale, key);
  }
}

const rendererWith = (languages: Languages) => new PageRenderer(SETTINGS, CATALOGUE, languages);
const VIEW = { address: 'ada@example.com', returnLink: { href: 'https://app.example.com/', host: 'app.example.com' } };

describe('a page', () => {
  it.each([
    ['en', 'ltr'],
    ['pt-BR', 'ltr'],
    ['ar', 'rtl'],
  ] as const)('says that it is in %s, and in which direction that is read', (locale, dir) => {
    const { html, headers } = rendererWith(new Languages(SETTINGS)).render('new-email-confirmed', VIEW, locale);
    expect(html).toContain(`<html lang="${locale}" dir="${dir}">`);
    expect(headers['content-language']).toBe(locale);
  });

  it('keeps addresses from left to right', () => {
    const { html } = rendererWith(new Languages(SETTINGS)).render('new-email-confirmed', VIEW, 'ar');
    expect(html).toContain('<bdi dir="ltr">ada@example.com</bdi>');
  });

  it('has its title from the catalogue, with the values of the page', () => {
    const renderer = rendererWith(new Changed({ de: { 'page.reset-delayed.title': 'In {wait} ist es so weit' } }));
    const { html } = renderer.render('reset-delayed', { ...VIEW, wait: '24 <Stunden>' }, 'de');
    expect(html).toContain('<title>In 24 &lt;Stunden&gt; ist es so weit – Books &amp; Co</title>');
    expect(html).toContain('<h1>In 24 &lt;Stunden&gt; ist es so weit</h1>');
  });

  it('says first that there is a problem', () => {
    const renderer = rendererWith(
      new Changed({ de: { 'page.shared.error-title': 'Fehler: {title}', 'page.sign-in-code.title': 'Anmelden' } }),
    );
    const problems = [{ field: 'code', detail: 'Nein.' }];
    const view = { address: 'ada@example.com', code: '1', action: '/', token: 'x', host: null, problems };
    expect(renderer.render('sign-in-code', view, 'de').html).toContain('<title>Fehler: Anmelden – ');
  });

  it.each(['{title', '{unknown}', '<b>open'])('shows the English text in the place of one that is broken: %s', (broken) => {
    const renderer = rendererWith(new Changed({ de: { 'page.new-email-confirmed.title': broken } }));
    const { html } = renderer.render('new-email-confirmed', VIEW, 'de');
    expect(html).toContain('Your account has its new <span class="whole">e-mail</span> address</h1>');
  });

  it('escapes all of a text but its emphasis', () => {
    const renderer = rendererWith(new Changed({ de: { 'page.new-email-confirmed.lead': '<b>Neu</b>: A & B' } }));
    expect(renderer.render('new-email-confirmed', VIEW, 'de').html).toContain('<p><strong>Neu</strong>: A &amp; B</p>');
  });

  it('breaks no word behind its first letter, and leaves other hyphens alone', () => {
    const lead = 'Ihre E-Mail-Adresse, x-ray, well-known, {appName}';
    const renderer = rendererWith(new Changed({ de: { 'page.new-email-confirmed.lead': lead } }));
    expect(renderer.render('new-email-confirmed', VIEW, 'de').html).toContain(
      'Ihre <span class="whole">E-Mail</span>-Adresse, <span class="whole">x-ray</span>, well-known, Books &amp; Co</p>',
    );
  });
});
