/** Hyphens as people type and paste them: U+002D, U+2010 to U+2013 and U+2212; and spaces. */
const SEPARATORS = /[\s\u2010-\u2013\u2212-]/g;

/** Maximum length of the text: 13 digits with separators. */
const MAX_WRITTEN_CHARS = 32;

const ISBN_10 = /^\d{9}[\dXx]$/;

/** Numbers that begin with 979-0 are ISMNs for printed music (ISO 10957), not ISBNs. */
const ISBN_13 = /^(?:978\d|979[1-9])\d{9}$/;

/**
 * The 13 digits of an ISBN, which may be written with 10 or 13 digits, with or without separators; null for invalid text, including a wrong
 * check digit. ISO 2108:2017; an ISBN-10 (ISO 2108:1992) is the ISBN-13 that begins with 978.
 */
export function readIsbn(written: string): string | null {
  if (written.length > MAX_WRITTEN_CHARS) return null;
  const characters = written.replaceAll(SEPARATORS, '');
  if (ISBN_13.test(characters)) return checkDigit13(characters) === characters.at(-1) ? characters : null;
  if (!ISBN_10.test(characters) || checkDigit10(characters) !== characters.at(-1)?.toUpperCase()) return null;
  const digits = `978${characters.slice(0, 9)}`;
  return digits + checkDigit13(digits);
}

/** Check digit of the first 9 digits: weights 10 to 2, modulo 11; ten is written X. */
function checkDigit10(digits: string): string {
  const check = (11 - (weigh(digits.slice(0, 9), (index) => 10 - index) % 11)) % 11;
  return check === 10 ? 'X' : String(check);
}

/** Check digit of the first 12 digits: weights 1 and 3 in turn, modulo 10. */
function checkDigit13(digits: string): string {
  return String((10 - (weigh(digits.slice(0, 12), (index) => (index % 2 === 0 ? 1 : 3)) % 10)) % 10);
}

function weigh(digits: string, weightOf: (index: number) => number): number {
  return Array.from(digits, (digit, index) => Number(digit) * weightOf(index)).reduce((sum, each) => sum + each, 0);
}
