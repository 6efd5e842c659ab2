import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { type Locale, type Reader, SOURCE_LOCALE, localeFor, negotiate } from './locales.js';
import { readOwnTexts } from './own-texts.js';
import { TemplatesDir } from './templates-dir.js';
import { Text, type TextKey, type TextValues, type Texts, plain, toHtml } from './texts.js';

/** A text in the place of the shipped one; null where there is none. It is asked for every text, so it answers out of memory. */
export type TextSource = (locale: Locale, key: TextKey) => string | null;

/** A text that is only tried. */
export interface TriedText {
  locale: Locale;
  key: TextKey;
  text: string;
}

/** Where texts of an operator's own come from. The first that has a text wins. */
const OVERLAYS = ['database', 'folder'] as const;
type OverlayName = (typeof OVERLAYS)[number];

const CATALOGUES = join(import.meta.dirname, 'catalogues');

/** Parsed texts that are kept: those of some languages. Texts change while the server runs, so their number has no end of its own. */
const MAX_MADE = 2_000;

/** Texts in the language of whoever reads them. */
@Injectable()
export class Languages {
  private readonly logger = new Logger('Languages');
  private readonly shipped = new Map<Locale, Texts>();
  private readonly overlays = new Map<OverlayName, TextSource>();
  /** Comes before all others while `trying` runs. */
  private tried: (TriedText & { used: boolean }) | null = null;
  /** The one that was not used for longest comes first. */
  private readonly made = new Map<string, Text>();

  constructor(
    @Inject(Settings) private readonly settings: Pick<Settings, 'DEFAULT_LOCALE'>,
    templates: TemplatesDir = new TemplatesDir({ TEMPLATES_DIR: undefined }),
  ) {
    const own = readOwnTexts(templates, (key) => (this.has(key) ? this.shippedText(SOURCE_LOCALE, key) : null));
    this.overlay('folder', (locale, key) => own.get(locale)?.[key] ?? null);
  }

  /** The language of the account; else the one that the reader's browser asks for; else `DEFAULT_LOCALE`. */
  localeOf({ locale, acceptLanguage }: Reader): Locale {
    return localeFor(locale) ?? negotiate(acceptLanguage) ?? this.settings.DEFAULT_LOCALE;
  }

  /** Whether there is a text with this key. */
  has(key: string): key is TextKey {
    return Object.hasOwn(this.textsOf(SOURCE_LOCALE), key);
  }

  /** The keys of all texts, sorted. */
  get keys(): TextKey[] {
    return Object.keys(this.textsOf(SOURCE_LOCALE)) as TextKey[];
  }

  /** Puts texts of an operator's own before the shipped ones. */
  overlay(name: OverlayName, source: TextSource): void {
    this.overlays.set(name, source);
  }

  /**
   * Does `work` with a text in the place of all others with its key. `work` is synchronous, so nobody else meets the text.
   * @returns what `work` made, and whether it used the text
   */
  trying<T>(text: TriedText, work: () => T): { made: T; used: boolean } {
    const tried = { ...text, used: false };
    this.tried = tried;
    try {
      return { made: work(), used: tried.used };
    } finally {
      this.tried = null;
    }
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

  /** The texts to try, best first: in the reader's language, then in English; the operator's own before the shipped one. */
  private *candidates(locale: Locale, key: TextKey): Generator<[Locale, string]> {
    for (const each of new Set<Locale>([locale, SOURCE_LOCALE])) {
      if (this.tried?.locale === each && this.tried.key === key) {
        this.tried.used = true;
        yield [each, this.tried.text];
      }
      const own = OVERLAYS.map((name) => this.overlays.get(name)?.(each, key));
      for (const source of [...own, this.shippedText(each, key)]) if (source != null) yield [each, source];
    }
  }

  private make(locale: Locale, source: string): Text {
    const name = `${locale} ${source}`;
    const text = this.made.get(name) ?? new Text(source, locale);
    this.made.delete(name);
    this.made.set(name, text);
    if (this.made.size > MAX_MADE) this.made.delete(String(this.made.keys().next().value));
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
}
