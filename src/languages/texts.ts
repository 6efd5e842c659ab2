import { IntlMessageFormat } from 'intl-messageformat';
import { type Locale, directionOf } from './locales.js';

/** The keys of the catalogue. */
export type TextKey = keyof typeof import('./catalogues/en.json', { with: { type: 'json' } });

/** Texts in ICU MessageFormat by key. `<b>…</b>` is emphasis, and the only markup. */
export type Texts = Readonly<Record<string, string>>;

/** What stands for the placeholders of a text. */
export type TextValues = Readonly<Record<string, unknown>>;

/** What surrounds emphasis until the rest is escaped: characters that no text contains (Unicode: noncharacters, for use within a program). */
const EMPHASIS = { begin: '\u{FDD0}', end: '\u{FDD1}' } as const;
const MARKS = /[\u{FDD0}\u{FDD1}]/gu;

/**
 * What surrounds a value that must not reorder the words and punctuation beside it: FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE (UAX #9).
 */
const ISOLATE = { begin: '\u2068', end: '\u2069' } as const;

/** Isolates with a direction: LEFT-TO-RIGHT ISOLATE and RIGHT-TO-LEFT ISOLATE. */
const DIRECTED = { ltr: '\u2066', rtl: '\u2067' } as const;

/** Characters of scripts that are read from right to left (the blocks whose default is `R` or `AL` in UAX #9). */
const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFE\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

/** Invisible characters that change the direction of text. */
const DIRECTION_CONTROL = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u;
const EMBEDDINGS = /[\u202A-\u202E\u2066\u2067]/g;
const ISOLATES = /[\u2068\u2069]/g;

/** A text that was made for one locale. */
export class Text {
  private readonly format: IntlMessageFormat;
  private readonly isRightToLeft: boolean;

  /** @throws SyntaxError if it is no ICU MessageFormat */
  constructor(source: string, locale: Locale) {
    this.format = new IntlMessageFormat(source, locale);
    this.isRightToLeft = directionOf(locale) === 'rtl';
  }

  /**
   * Values that are read in another direction than the text are isolated, so that no full stop or bracket jumps over them.
   * @throws Error if a placeholder has no value
   */
  fill(values: TextValues): string {
    const clean = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? this.isolated(value.replaceAll(MARKS, '')) : value]),
    );
    return String(
      this.format.format<string>({
        ...(clean as Record<string, string>),
        b: (words) => `${EMPHASIS.begin}${words.join('')}${EMPHASIS.end}`,
      }),
    );
  }

  /** A code of digits alone stays where it is by itself, and is copied and recognised without invisible characters. */
  private isolated(value: string): string {
    const isForeign = this.isRightToLeft || RIGHT_TO_LEFT.test(value) || DIRECTION_CONTROL.test(value);
    return isForeign && !/^\d*$/.test(value) ? `${ISOLATE.begin}${tamed(value)}${ISOLATE.end}` : value;
  }
}

/** A value without characters that would end its isolate or turn what follows it around; isolates of its own that are complete stay. */
function tamed(value: string): string {
  const words = value.replaceAll(EMBEDDINGS, '');
  let depth = 0;
  for (const [mark] of words.matchAll(ISOLATES)) {
    depth += mark === ISOLATE.begin ? 1 : -1;
    if (depth < 0) break;
  }
  return depth === 0 ? words : words.replaceAll(ISOLATES, '');
}

/** Without emphasis. */
export function plain(filled: string): string {
  return filled.replaceAll(MARKS, '');
}

/**
 * As HTML: everything escaped but emphasis. Isolates are elements with `dir`, which isolates as `bdi` does (HTML, §15.3.6) and which Gmail,
 * Outlook and Yahoo keep; they remove `bdi`.
 */
export function toHtml(filled: string, escape: (text: string) => string): string {
  return escape(directed(filled))
    .replaceAll(EMPHASIS.begin, '<strong>')
    .replaceAll(EMPHASIS.end, '</strong>')
    .replaceAll(DIRECTED.ltr, '<span dir="ltr">')
    .replaceAll(DIRECTED.rtl, '<span dir="rtl">')
    .replaceAll(ISOLATE.end, '</span>');
}

/** With the direction of each isolate: that of its first letter, isolates within it left out (UAX #9, P2). */
function directed(filled: string): string {
  return filled.replaceAll(ISOLATE.begin, (_, at: number) => DIRECTED[directionOfText(filled.slice(at + 1))]);
}

/** The direction in which a text is read, up to the end of the isolate that it stands in; `ltr` without letters. */
export function directionOfText(text: string): 'ltr' | 'rtl' {
  let depth = 0;
  for (const char of text) {
    if (char === ISOLATE.begin) depth += 1;
    else if (char === ISOLATE.end) depth -= 1;
    else if (depth === 0 && RIGHT_TO_LEFT.test(char)) return 'rtl';
    else if (depth === 0 && /\p{L}/u.test(char)) return 'ltr';
    if (depth < 0) break;
  }
  return 'ltr';
}
