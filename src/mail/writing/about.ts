import type { MailAbout } from '../../common/capability.js';
import type { Languages } from '../../languages/languages.service.js';
import type { Locale } from '../../languages/locales.js';
import type { TextKey } from '../../languages/texts.js';
import { momentInWords } from '../moment.js';

/**
 * What a mail is about: a text of the catalogue, with values; a point in time (ISO 8601); or what needs no translation, such as the name of
 * a provider. Never a text of the account's: that would let somebody else write in our name.
 */
export type About =
  | string
  | { key: Extract<TextKey, `about.${string}`>; values?: Readonly<Record<string, string | number>> }
  | { moment: string };

/**
 * The same in words. Text that an older node has stored stays as it is.
 * @param tag the reader's language and region
 * @throws Error for a key that only a newer node knows: that one sends the mail
 */
export function aboutInWords(about: MailAbout | null | undefined, languages: Languages, locale: Locale, tag: string): string | null {
  if (about == null || typeof about === 'string') return about ?? null;
  if ('moment' in about) return momentInWords(new Date(about.moment), tag);
  if (!languages.has(about.key)) throw new Error(`This version knows no text ${about.key}`);
  return languages.text(locale, about.key, about.values);
}
