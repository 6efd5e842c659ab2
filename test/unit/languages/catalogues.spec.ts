import { existsSync, readFileSync } from 'node:fs';
import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, it } from 'vitest';
import { LOCALES } from '../../../src/languages/locales.js';

/** What is read of the parser's elements. */
interface Element {
  type: number;
  value?: unknown;
  options?: Record<string, { value: Element[] }>;
  children?: Element[];
}

/** Numbers of the parser's kinds of elements. */
const [ARGUMENT, NUMBER, DATE, TIME, SELECT, PLURAL, TAG] = [1, 2, 3, 4, 5, 6, 8];

const FOLDER = new URL('../../../src/languages/catalogues/', import.meta.url);
const read = (locale: string): Map<string, string> =>
  new Map(Object.entries(JSON.parse(readFileSync(new URL(`${locale}.json`, FOLDER), 'utf8')) as Record<string, string>));
const astOf = (text: string, locale: string): Element[] => new IntlMessageFormat(text, locale).getAst();

const EN = read('en');
const SHIPPED = Object.keys(LOCALES).filter((locale) => existsSync(new URL(`${locale}.json`, FOLDER)));

/** An element and all within it. */
function within(element: Element): Element[] {
  const inner = [...Object.values(element.options ?? {}).flatMap(({ value }) => value), ...(element.children ?? [])];
  return [element, ...inner.flatMap(within)];
}

/** Placeholders and markup of a text, each once. */
function needsOf(text: string, locale: string): string {
  const needs = astOf(text, locale)
    .flatMap(within)
    .filter(({ type }) => [ARGUMENT, NUMBER, DATE, TIME, SELECT, PLURAL, TAG].includes(type))
    .map(({ type, value }) => (type === TAG ? `<${String(value)}>` : `{${String(value)}}`));
  return [...new Set(needs)].toSorted().join(' ');
}

/** The forms of each plural of a text, without those for exact numbers. */
function pluralsOf(text: string, locale: string): string[] {
  return astOf(text, locale)
    .flatMap(within)
    .filter(({ type }) => type === PLURAL)
    .map(({ options = {} }) =>
      Object.keys(options)
        .filter((form) => !form.startsWith('='))
        .toSorted()
        .join(' '),
    );
}

/** The forms that numbers such as ours take: some languages have one more, for millions. */
function formsOf(locale: string): string {
  const rules = new Intl.PluralRules(locale);
  return [...new Set([...Array.from({ length: 200 }, (_, number) => rules.select(number)), 'other'])].toSorted().join(' ');
}

describe.each(SHIPPED)('the catalogue of %s', (locale) => {
  const texts = [...read(locale)];

  it('has every key and no other, in order', () => {
    const keys = texts.map(([key]) => key);
    expect(keys).toEqual([...EN.keys()]);
    expect(keys).toEqual(keys.toSorted());
  });

  it('takes the same placeholders and has the same emphasis', () => {
    expect(texts.filter(([key, text]) => needsOf(text, locale) !== needsOf(EN.get(key) ?? '', 'en'))).toEqual([]);
  });

  it('has every plural form of the language', () => {
    expect(texts.filter(([, text]) => pluralsOf(text, locale).some((forms) => forms !== formsOf(locale)))).toEqual([]);
  });

  it('has no space around its texts, no straight quotes and no marks of programs', () => {
    // U+0027 begins a quotation in ICU messages.
    expect(texts.filter(([, text]) => text !== text.trim() || text === '' || /['"`\u{FDD0}\u{FDD1}\n\t]|  /u.test(text))).toEqual([]);
  });
});
