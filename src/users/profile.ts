import { InvalidRequestError } from '../common/errors.js';

/** Longest first or last name, characters. */
export const MAX_NAME_CHARS = 100;

// eslint-disable-next-line no-control-regex -- control characters are just what is looked for
const CONTROL_CHARACTERS = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u;

/**
 * A name without outer spaces, in NFC; null when there is none. Line breaks and other control characters are refused:
 * names end up in mails and logs.
 * @throws InvalidRequestError
 */
export function cleanName(name: string | null | undefined, field: string): string | null {
  const clean = name?.normalize('NFC').trim() ?? '';
  if (clean === '') return null;
  if (clean.length > MAX_NAME_CHARS || CONTROL_CHARACTERS.test(clean)) {
    throw InvalidRequestError.field(field, 'name.invalid', `Use at most ${MAX_NAME_CHARS} characters on one line.`);
  }
  return clean;
}

/**
 * A BCP 47 language tag in its canonical spelling (`de-ch` → `de-CH`); null when there is none.
 * @throws InvalidRequestError
 */
export function canonicalLocale(locale: string | null | undefined): string | null {
  if (locale == null || locale === '') return null;
  try {
    const [canonical] = locale.length <= 35 ? Intl.getCanonicalLocales(locale) : [];
    if (canonical !== undefined) return canonical;
  } catch {
    // Not a language tag.
  }
  throw InvalidRequestError.field('locale', 'locale.invalid', 'Use a language tag such as en or de-CH.');
}
