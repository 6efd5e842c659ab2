import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { LOCALES, type Locale, type Reader, SOURCE_LOCALE, localeFor, negotiate } from './locales.js';
import { TemplatesDir } from './templates-dir.js';
import { faultOf } from './text-check.js';
import { Text, type TextKey, type TextValues, type Texts, plain, toHtml } from './texts.js';

const CATALOGUES = join(import.meta.dirname, 'catalogues');

/** Texts in the language of whoever reads them. */
@Injectable()
export class Languages {
  private readonly logger = new Logger('Languages');
  private readonly shipped = new Map<Locale, Texts>();
  private readonly own: ReadonlyMap<Locale, Texts>;
  private readonly made = new Map<string, Text>();

  constructor(
    @Inject(Settings) private readonly settings: Pick<Settings, 'DEFAULT_LOCALE'>,
    templates: TemplatesDir = new TemplatesDir({ TEMPLATES_DIR: undefined }),
  ) {
    this.own = this.readOwn(templates);
  }

  /** The language of the account; else the one that the reader's browser asks for; else `DEFAULT_LOCALE`. */
  localeOf({ locale, acceptLanguage }: Reader): Locale {
    return localeFor(locale) ?? negotiate(acceptLanguage) ?? this.settings.DEFAULT_LOCALE;
  }

  /** Whether there is a text with this key. */
  has(key: string): key is TextKey {
    return Object.hasOwn(this.textsOf(SOURCE_LOCALE), key);
  }

  /**
   * A text without markup. One that is not translated, or whose translation is broken, is in English.
   * @throws Error if `values` lacks a placeholder of the English text
   */
  text(locale: Locale, key: TextKey, values: TextValues = {}): string {
    return plain(this.fill(locale, key, values));
  }

  /** The same as HTML; values are escaped. */
  html(locale: Locale, key: TextKey, escape: (text: string) => string, values: TextValues = {}): string {
    return toHtml(this.fill(locale, key, values), escape);
  }

  /** The text as the catalogue has it; null for none. */
  shippedText(locale: Locale, key: TextKey): string | null {
    return this.textsOf(locale)[key] ?? null;
  }

  private fill(locale: Locale, key: TextKey, values: TextValues): string {
    for (const [from, source] of this.candidates(locale, key)) {
      try {
        return this.make(from, source).fill(values);
      } catch (error) {
        // A mail about somebody's safety must go out, whatever is wrong with a translation.
        this.logger.error({ msg: 'A text is broken; another one is used', key, locale: from, reason: (error as Error).message });
      }
    }
    throw new Error(`There is no text ${key}`);
  }

  /** The texts to try, best first. The operator's own go before the shipped ones. */
  private *candidates(locale: Locale, key: TextKey): Generator<[Locale, string]> {
    for (const each of new Set<Locale>([locale, SOURCE_LOCALE])) {
      for (const source of [this.own.get(each)?.[key], this.shippedText(each, key)]) if (source != null) yield [each, source];
    }
  }

  private make(locale: Locale, source: string): Text {
    const name = `${locale} ${source}`;
    const text = this.made.get(name) ?? new Text(source, locale);
    this.made.set(name, text);
    return text;
  }

  /** Read when it is first needed. A language without a catalogue has no texts. */
  private textsOf(locale: Locale): Texts {
    const known = this.shipped.get(locale);
    if (known !== undefined) return known;
    const file = join(CATALOGUES, `${locale}.json`);
    const texts = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Texts) : {};
    this.shipped.set(locale, texts);
    return texts;
  }

  /** The texts of `TEMPLATES_DIR`. */
  private readOwn(templates: TemplatesDir): Map<Locale, Texts> {
    const locales = Object.keys(LOCALES);
    templates.demandKnown('texts', new Set(locales.map((locale) => `${locale}.json`)));
    const files = templates.read('texts', '.json', locales) as Map<Locale, string>;
    return new Map([...files].map(([locale, content]) => [locale, this.parseOwn(templates, locale, content)]));
  }

  private parseOwn(templates: TemplatesDir, locale: Locale, content: string): Texts {
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
      const fault = this.has(key) ? faultOf(text, locale, String(this.shippedText(SOURCE_LOCALE, key))) : 'is no key of a text';
      if (fault !== null) templates.fault(path, `${key} ${fault}`);
    }
    return texts as Texts;
  }
}
