import { IntlMessageFormat } from 'intl-messageformat';
import type { Locale } from './locales.js';

/** The keys of the catalogue. */
export type TextKey = keyof typeof import('./catalogues/en.json', { with: { type: 'json' } });

/** Texts in ICU MessageFormat by key. `<b>…</b>` is emphasis, and the only markup. */
export type Texts = Readonly<Record<string, string>>;

/** What stands for the placeholders of a text. */
export type TextValues = Readonly<Record<string, unknown>>;

/** What surrounds emphasis until the rest is escaped: characters that no text contains (Unicode: noncharacters, for use within a program). */
const EMPHASIS = { begin: '\u{FDD0}', end: '\u{FDD1}' } as const;
const MARKS = /[\u{FDD0}\u{FDD1}]/gu;

/** A text that was made for one locale. */
export class Text {
  private readonly format: IntlMessageFormat;

  /** @throws SyntaxError if it is no ICU MessageFormat */
  constructor(source: string, locale: Locale) {
    this.format = new IntlMessageFormat(source, locale);
  }

  /** @throws Error if a placeholder has no value */
  fill(values: TextValues): string {
    const clean = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? value.replaceAll(MARKS, '') : value]),
    );
    return String(
      this.format.format<string>({
        ...(clean as Record<string, string>),
        b: (words) => `${EMPHASIS.begin}${words.join('')}${EMPHASIS.end}`,
      }),
    );
  }
}

/** Without emphasis. */
export function plain(filled: string): string {
  return filled.replaceAll(MARKS, '');
}

/** As HTML: everything escaped but emphasis. */
export function toHtml(filled: string, escape: (text: string) => string): string {
  return escape(filled).replaceAll(EMPHASIS.begin, '<strong>').replaceAll(EMPHASIS.end, '</strong>');
}
