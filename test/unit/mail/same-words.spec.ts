import { describe, expect, it } from 'vitest';
import { LOCALES, type Locale } from '../../../src/languages/locales.js';
import { LANGUAGES, SAMPLES, TEMPLATES } from '../../support/written-mails.js';

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#x27': "'", '#x3D': '=' };

/** The words that a reader of the HTML sees, in their order. The link stands with its button, as in plain text. */
function wordsOfHtml(html: string, explainsLink: string): string[] {
  const shown = html
    .replaceAll(/<!--[^]*?-->|<head>[^]*?<\/head>/g, '')
    // The preview shows in lists of mails; the product's name and initial are a picture of the sender.
    .replace(/<div style="display:none[^]*?<\/div>/, '')
    .replaceAll(/<td class="(?:tile|brand)"[^]*?<\/td>/g, '')
    .replaceAll(/<a class="button" href="([^"]*)"[^>]*>([^<]*(?:<span[^>]*>[^<]*<\/span>[^<]*)*)<\/a>/g, '$2 $1 ')
    .replaceAll(/<a class="link"[^]*?<\/a>/g, '')
    .replaceAll(/<\/?(?:span|strong)[^>]*>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/&([#\w]+);/g, (entity, name: string) => ENTITIES[name] ?? entity);
  return split(shown.replace(explainsLink, ''));
}

function split(text: string): string[] {
  return text
    .replaceAll(/[\u2068\u2069]/g, '')
    .split(/\s+/)
    .filter((word) => word !== '' && word !== '--');
}

describe('the plain text of every mail says the same as the HTML, word by word', () => {
  it.each(Object.keys(LOCALES) as Locale[])('in %s', (locale) => {
    const explainsLink = LANGUAGES.text(locale, 'mail.shared.link');
    for (const kind of SAMPLES.kinds) {
      for (const withLink of [true, false]) {
        const { html, text } = TEMPLATES.render(kind, SAMPLES.sample(kind, locale, { withLink }));
        const words = split(text);
        expect(words.length).toBeGreaterThan(locale === 'ja' || locale === 'zh-Hans' ? 6 : 30);
        expect([kind, withLink, wordsOfHtml(html, explainsLink)]).toEqual([kind, withLink, words]);
      }
    }
  });
});
