import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { Matches } from 'class-validator';
import type { CodeDigits } from './capability.js';
import { plainDigitsOf, type ProblemWords } from './text.js';

const WORDS = { 6: 'six', 8: 'eight' } as const;

/** How other languages name the digits. */
function inOtherWords(digits: CodeDigits | '6 or 8'): ProblemWords {
  return digits === '6 or 8' ? {} : { text: 'rule.matches.code', values: { digits } };
}

/**
 * Property decorator: a code from a mail or a text message. Blanks in what was pasted do not count; digits of any script do.
 * @param digits `'6 or 8'` where a contract's code may be tried, too
 */
export function CodeField(digits: CodeDigits | '6 or 8'): PropertyDecorator {
  const [pattern, words] = digits === '6 or 8' ? [/^(?:\d{6}|\d{8})$/, 'six or eight'] : [new RegExp(`^\\d{${digits}}$`), WORDS[digits]];
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? plainDigitsOf(value) : value)),
    Matches(pattern, { message: `Use the ${words} digits of the code.`, context: inOtherWords(digits) }),
  );
}
