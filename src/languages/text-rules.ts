import { IntlMessageFormat } from 'intl-messageformat';
import type { FieldRule } from '../common/declared.js';
import { InvalidRequestError } from '../common/errors.js';
import { readLine } from '../common/text.js';
import { type Locale, SOURCE_LOCALE } from './locales.js';
import { MAX_SEGMENTS, segmentsOf } from './segments.js';
import { Text, type TextValues, plain } from './texts.js';

/** Longest text, characters. The longest shipped one has some hundred. */
export const MAX_TEXT_CHARS = 4_000;

/** The shipped text in whose place another one stands. */
export interface TextPlace {
  key: string;
  locale: Locale;
  /** The shipped text in English. */
  english: string;
}

type Element = ReturnType<IntlMessageFormat['getAst']>[number];

/** What a text uses a name as. */
type Use = 'value' | 'number' | 'moment' | 'markup';

/** The parser's numbers for what a placeholder is, and for words. */
const USES: Readonly<Record<number, Use>> = { 1: 'value', 2: 'number', 3: 'moment', 4: 'moment', 5: 'value', 6: 'number', 8: 'markup' };

/** Characters that are for use within a program (Unicode §23.7); emphasis is marked by two of them. */
const NONCHARACTER = /\p{Noncharacter_Code_Point}/u;

/** What a placeholder is given when a text is tried. */
const SAMPLES = { value: 'x', number: 2 } as const;

/** What text messages say: codes of eight digits, a name as long as the shipped one, so that a stored text does not depend on a setting. */
export const SAMPLE_TEXT_MESSAGE = { code: '04821356', appName: 'Latchkey', due: '2026-03-01 09:30' } as const;

/** For how long codes in text messages are good, minutes; and what languages have forms of their own for. */
const SAMPLE_MINUTES = [1, 2, 10, 15] as const;

/** What the parser's complaints mean for somebody who writes a text. Others are told by their own name. */
const COMPLAINTS: Readonly<Record<string, string>> = {
  EXPECT_ARGUMENT_CLOSING_BRACE: 'a placeholder is not closed by }',
  UNMATCHED_CLOSING_TAG: 'emphasis is closed that was not opened',
  UNCLOSED_TAG: 'emphasis is not closed by </b>',
  MISSING_OTHER_CLAUSE: 'the form `other` is missing',
  EMPTY_ARGUMENT: 'a placeholder has no name',
  MALFORMED_ARGUMENT: 'this is no placeholder',
};

/**
 * A text that stands in the place of a shipped one, as it is stored: in NFC, without blanks around it.
 * @throws InvalidRequestError naming the rule that the text breaks
 */
export function demandText(written: string, { key, locale, english }: TextPlace): string {
  const text = readLine(written, MAX_TEXT_CHARS);
  if (text === null || NONCHARACTER.test(text)) {
    const isLong = text === null && written.trim().length > MAX_TEXT_CHARS;
    if (text === null) throw InvalidRequestError.line('text', isLong ? 'maxLength' : 'translation.characters', written, MAX_TEXT_CHARS);
    throw broken('translation.characters', STRANGE);
  }
  if (text === '') throw broken('required', 'Write a text, or delete yours to use the shipped one.');
  const uses = usesOf(text, locale);
  const known = numbersAndValues(english);
  for (const [name, use] of uses) demandUse(name, use, known);
  if (known.has('code') && !uses.some(([name]) => name === 'code')) throw broken('translation.lacks_code', 'Show the {code}.');
  demandFillable(text, locale, known);
  if (isTextMessage(key)) demandShort(text, locale);
  return text;
}

/** What keeps a text from being used, such as a placeholder that this version of the server lacks; null for nothing. */
export function problemOf(text: unknown, place: TextPlace): string | null {
  if (typeof text !== 'string') return 'This is no text.';
  try {
    demandText(text, place);
    return null;
  } catch (error) {
    if (error instanceof InvalidRequestError) return error.message;
    throw error;
  }
}

/** Whether the text is sent to phones. */
export function isTextMessage(key: string): boolean {
  return key.startsWith('sms.');
}

/** Names of the placeholders that a shipped text in English has, each once, in their order. */
export function placeholdersOf(english: string): string[] {
  return [...numbersAndValues(english).keys()];
}

const STRANGE = 'There is a character inside that Unicode reserves for programs. Delete it, or type this again.';

function demandUse(name: string, use: Use, known: ReadonlyMap<string, Use>): void {
  if (use === 'markup') {
    if (name !== 'b') throw broken('translation.markup', `The only markup is <b>…</b>; <${name}> is none.`);
    return;
  }
  const kind = known.get(name);
  const names = [...known.keys()].map((each) => `{${each}}`).join(', ');
  if (kind === undefined) {
    const others = names === '' ? 'it has none' : `it has ${names}`;
    throw broken('translation.placeholder', `The English text has no placeholder {${name}}: ${others}.`);
  }
  if (use !== 'value' && use !== kind) {
    throw broken(
      'translation.placeholder',
      `{${name}} is ${kind === 'number' ? 'a number' : 'words'}: it cannot be shown as something else.`,
    );
  }
}

/** What is longer costs more than the shipped text. */
function demandShort(text: string, locale: Locale): void {
  const message = new Text(text, locale);
  const lengthOf = (values: TextValues) => segmentsOf(plain(message.fill(values)));
  const segments = Math.max(...SAMPLE_MINUTES.map((minutes) => lengthOf({ ...SAMPLE_TEXT_MESSAGE, minutes })));
  if (segments <= MAX_SEGMENTS) return;
  throw broken(
    'translation.text_message',
    `Filled in, it is as long as ${segments} text messages; ${MAX_SEGMENTS} are allowed: 306 characters of GSM, or 134 if one is none of those.`,
  );
}

/** A number may have a form that no locale can write, such as a currency that does not exist. */
function demandFillable(text: string, locale: Locale, known: ReadonlyMap<string, Use>): void {
  const values = Object.fromEntries([...known].map(([name, use]) => [name, use === 'number' ? SAMPLES.number : SAMPLES.value]));
  try {
    new Text(text, locale).fill(values);
  } catch (error) {
    throw broken('translation.syntax', `It cannot be filled in: ${(error as Error).message}.`);
  }
}

/** The placeholders of a text of our own. */
function numbersAndValues(english: string): ReadonlyMap<string, Use> {
  const known = new Map<string, Use>();
  for (const [name, use] of usesOf(english, SOURCE_LOCALE)) {
    if (use !== 'markup' && known.get(name) !== 'number') known.set(name, use);
  }
  return known;
}

/** @throws InvalidRequestError if the text is no ICU message */
function usesOf(text: string, locale: Locale): [string, Use][] {
  try {
    return new IntlMessageFormat(text, locale).getAst().flatMap(within);
  } catch (error) {
    throw notParsed(error as Error & { location?: { start: { column: number } } });
  }
}

function within(element: Element): [string, Use][] {
  const use = USES[element.type];
  const own: [string, Use][] = use !== undefined && 'value' in element ? [[String(element.value), use]] : [];
  const inner =
    'options' in element ? Object.values(element.options).flatMap(({ value }) => value) : 'children' in element ? element.children : [];
  return [...own, ...inner.flatMap(within)];
}

function notParsed({ message, location }: Error & { location?: { start: { column: number } } }): InvalidRequestError {
  if (message === 'INVALID_TAG') return broken('translation.markup', 'The only markup is <b>…</b>, without attributes.');
  const place = location === undefined ? '' : ` at character ${location.start.column}`;
  return broken('translation.syntax', `It is no ICU message${place}: ${COMPLAINTS[message] ?? message}.`);
}

function broken(rule: FieldRule, detail: string): InvalidRequestError {
  return InvalidRequestError.field('text', rule, detail);
}
