import { LOCALES, type Locale } from './locales.js';
import type { TemplatesDir } from './templates-dir.js';
import { problemOf } from './text-rules.js';
import type { Texts } from './texts.js';

/**
 * The texts of `TEMPLATES_DIR`. What is wrong with them is noted in the folder, which lets the start fail.
 * @param englishOf the shipped text in English; null for a key that there is not
 */
export function readOwnTexts(templates: TemplatesDir, englishOf: (key: string) => string | null): ReadonlyMap<Locale, Texts> {
  const locales = Object.keys(LOCALES);
  templates.demandKnown('texts', new Set(locales.map((locale) => `${locale}.json`)));
  const files = templates.read('texts', '.json', locales) as Map<Locale, string>;
  return new Map([...files].map(([locale, content]) => [locale, parse(templates, locale, content, englishOf)]));
}

function parse(templates: TemplatesDir, locale: Locale, content: string, englishOf: (key: string) => string | null): Texts {
  const path = `texts/${locale}.json`;
  let texts: unknown;
  try {
    texts = JSON.parse(content);
  } catch (error) {
    templates.fault(path, `is no JSON: ${(error as Error).message}`);
    return {};
  }
  if (typeof texts !== 'object' || texts === null || Array.isArray(texts)) {
    templates.fault(path, 'is no JSON object of texts by key');
    return {};
  }
  for (const [key, text] of Object.entries(texts)) {
    const english = englishOf(key);
    const problem = english === null ? 'There is no text with this key.' : problemOf(text, { key, locale, english });
    if (problem !== null) templates.fault(path, `${key}: ${problem}`);
  }
  return texts as Texts;
}
