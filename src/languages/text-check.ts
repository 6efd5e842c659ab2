import { IntlMessageFormat } from 'intl-messageformat';
import type { Locale } from './locales.js';

type Element = ReturnType<IntlMessageFormat['getAst']>[number];

/**
 * The placeholders of a text, and its markup as `<b>`.
 * @throws SyntaxError if it is no ICU MessageFormat
 */
export function placeholdersOf(source: string, locale: Locale): ReadonlySet<string> {
  return new Set(namesIn(new IntlMessageFormat(source, locale).getAst()));
}

function namesIn(elements: readonly Element[]): string[] {
  return elements.flatMap((element): string[] => {
    if ('children' in element) return [`<${element.value}>`, ...namesIn(element.children)];
    if ('options' in element) return [element.value, ...Object.values(element.options).flatMap(({ value }) => namesIn(value))];
    return 'value' in element && element.type !== LITERAL ? [element.value] : [];
  });
}

/** The parser's number for words. */
const LITERAL = 0;

/** What the text of a person's own must not leave out. */
const NEEDED = new Set(['code']);

/**
 * What is wrong with a text that is to stand in the place of a shipped one; null for nothing.
 * @param english the shipped text, whose placeholders have values
 */
export function faultOf(source: unknown, locale: Locale, english: string): string | null {
  if (typeof source !== 'string') return 'is no text';
  let found: ReadonlySet<string>;
  try {
    found = placeholdersOf(source, locale);
  } catch (error) {
    return `is no ICU message: ${(error as Error).message}`;
  }
  const known = placeholdersOf(english, 'en');
  const strange = [...found].filter((name) => !known.has(name) && name !== '<b>');
  if (strange.length > 0) return `has ${named(strange)}, which the English text lacks`;
  const missing = [...NEEDED].filter((name) => known.has(name) && !found.has(name));
  return missing.length > 0 ? `lacks ${named(missing)}` : null;
}

function named(placeholders: readonly string[]): string {
  return placeholders.map((name) => (name.startsWith('<') ? name : `{${name}}`)).join(', ');
}
