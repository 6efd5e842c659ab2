import type { TextName } from './declared.js';

/** How another language says what is wrong with a field. Not part of any answer. */
export interface ProblemWords {
  /** The text. Default: `rule.` and the rule. */
  text?: TextName;
  /** What stands for its placeholders. */
  values?: Readonly<Record<string, string | number>>;
}

/** Line breaks, other control characters, and characters that change the text direction. */
const CONTROL_CHARACTERS = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u;

/** Characters that show nothing although some count as letters or signs: fillers of Hangul, the blank of Braille. */
const BLANK_ONLY = /^[\s\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/**
 * Text on one line, such as a name: in NFC and trimmed, so that text which shows nothing becomes empty. Marks of direction around it, which
 * address books add to what is copied from them, do not count; joiners and the like inside are part of how names are written.
 * @returns null if the text is longer than `maxChars` or has control characters; `lineProblem` says which
 */
export function readLine(text: string, maxChars: number): string | null {
  const clean = oneLine(text);
  return clean.length > maxChars || CONTROL_CHARACTERS.test(clean) ? null : clean;
}

/** What keeps `readLine` from taking the text, for its author. */
export function lineProblem(text: string, maxChars: number): ProblemWords & { detail: string } {
  const clean = oneLine(text);
  if (clean.length > maxChars) {
    return { detail: `Use at most ${maxChars} characters.`, text: 'rule.maxLength', values: { max: maxChars } };
  }
  if (DIRECTION.test(clean)) {
    return { detail: 'There is an invisible mark of direction inside. Delete it, or type this again.', text: 'rule.invisible' };
  }
  return { detail: 'Write this on one line, without tabs and other control characters.', text: 'rule.one-line' };
}

/** Characters that change the text direction of what follows. */
const DIRECTION = /[\u202A-\u202E\u2066-\u2069]/;

/** Marks that stand around text and are no part of it: of direction (U+200E, U+200F, U+061C), and blanks without width. */
const AROUND = '\\s\\u200B\\u200E\\u200F\\u061C\\u2060\\uFEFF';
const BEFORE = new RegExp(`^[${AROUND}]+`, 'u');
const MARK = new RegExp(`[${AROUND}]`, 'u');

function oneLine(text: string): string {
  const written = text.normalize('NFC').replace(BEFORE, '');
  let end = written.length;
  while (end > 0 && MARK.test(written[end - 1] ?? '')) end -= 1;
  const clean = written.slice(0, end);
  return BLANK_ONLY.test(clean) && !CONTROL_CHARACTERS.test(clean) ? '' : clean;
}

const TERMINAL_CONTROLS = new RegExp(CONTROL_CHARACTERS, 'gu');

/**
 * Text for a terminal or a log: control characters become the escapes that JSON has for them, so that data can neither move the cursor nor
 * pose as another line, and a line of JSON keeps its meaning.
 */
export function escapeControls(text: string): string {
  return text.replace(TERMINAL_CONTROLS, toEscape);
}

/** The same for a text of several lines: its line feeds stay. */
export function escapeControlsOfLines(text: string): string {
  return text.replace(TERMINAL_CONTROLS, (character) => (character === '\n' ? character : toEscape(character)));
}

function toEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Characters that show nothing: of format (U+200B, U+202A, U+FEFF…) and others that fonts leave out. */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** The same and white space, at the beginning. */
const BLANK_START = /^[\s\p{Cf}\p{Default_Ignorable_Code_Point}]+/u;

/** The text without characters that show nothing. */
export function withoutInvisible(text: string): string {
  return text.replace(INVISIBLE, '');
}

/**
 * The text without white space and invisible characters at both ends: address books and chats put marks of direction around what is copied
 * from them.
 */
export function trimInvisible(text: string): string {
  const written = text.replace(BLANK_START, '');
  // Not an expression that ends in `+$`: its time would grow with the square of the length.
  let end = written.length;
  while (end > 0) {
    const last = end - (/[\uDC00-\uDFFF]/.test(written[end - 1] ?? '') ? 2 : 1);
    if (!BLANK_START.test(written.slice(last, end))) break;
    end = last;
  }
  return written.slice(0, end);
}

/** Signs of a mobile number that keyboards for other scripts have, by the sign that they stand for; digits and hyphens have classes. */
const PLAIN_SIGNS: Readonly<Record<string, string>> = {
  '\uFF0B': '+',
  '\uFF08': '(',
  '\uFF09': ')',
  '\uFF0E': '.',
  '\u3002': '.',
  '\u2212': '-',
};

/** The text with the digits of every script (Arabic-Indic, full-width …) as 0 to 9, and the signs of mobile numbers in ASCII. */
export function withPlainDigits(text: string): string {
  return text
    .replace(/[^\P{Nd}\d]/gu, toPlainDigit)
    .replace(/\p{Pd}/gu, '-')
    .replace(/[\uFF0B\uFF08\uFF09\uFF0E\u3002\u2212]/g, (sign) => PLAIN_SIGNS[sign] ?? sign);
}

/** A code as it was meant: digits of any script as 0 to 9, without blanks and invisible characters. Anything else stays, to be refused. */
export function plainDigitsOf(text: string): string {
  return text.length > MAX_CODE_INPUT ? text : withPlainDigits(withoutInvisible(text)).replaceAll(/\s/g, '');
}

/** Longest text that is read as a code, characters: eight digits, and blanks and marks among them. */
const MAX_CODE_INPUT = 32;

/** The decimal digits of a script stand side by side, from zero to nine; so do several such rows. */
function toPlainDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let first = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first -= 1;
  return String((code - first) % 10);
}
